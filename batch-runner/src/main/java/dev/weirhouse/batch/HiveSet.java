package dev.weirhouse.batch;

import dev.weirhouse.batch.ScriptStep.Assign;
import dev.weirhouse.batch.ScriptStep.Define;
import dev.weirhouse.batch.ScriptStep.Execute;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.SqlScript.Bound;
import dev.weirhouse.catalog.WarehouseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hive's {@code set}. {@code set hivevar:x=y} defines a variable. {@code set x=y} and {@code set hiveconf:x=y} define the
 * variable {@code hiveconf:x} and change the setting of that name; a name without a dot is no setting of Flink's or Hive's,
 * so that it is a variable only.
 */
final class HiveSet {

    private static final Pattern ASSIGNMENT = Pattern.compile("(?is)set\\s+([^\\s=]+)\\s*=(.*)");
    private static final Pattern QUOTED = Pattern.compile("(?s)'(.*)'");
    private static final String VARIABLE = "hivevar:";
    private static final String SETTING = "hiveconf:";
    private static final List<String> OTHER_SPACES = List.of("env:", "system:", "metaconf:");

    private HiveSet() {}

    /** The step of a statement in Hive's dialect; an assignment is added to the variables of those after it. */
    static ScriptStep step(Bound bound, Map<String, String> variables) {
        Matcher matcher = ASSIGNMENT.matcher(bound.sql());
        if (!matcher.matches()) {
            return new Execute(bound);
        }
        String key = matcher.group(1);
        String value = matcher.group(2).strip();
        Matcher quotedKey = QUOTED.matcher(key);
        Matcher quotedValue = QUOTED.matcher(value);
        if (quotedKey.matches() && quotedValue.matches()) {
            // Flink's way to write it. With a bare key the quotes belong to the value, as in Hive.
            key = quotedKey.group(1);
            value = quotedValue.group(1);
        }
        String space = key.substring(0, key.indexOf(':') + 1).toLowerCase(Locale.ROOT);
        if (OTHER_SPACES.contains(space)) {
            throw new WarehouseException(
                    CatalogError.SETTING_NOT_ALLOWED,
                    "'%s' cannot be set from a script: only settings, hivevar: and hiveconf: can.".formatted(key),
                    bound.statement().position(),
                    null);
        }
        if (space.equals(VARIABLE)) {
            variables.put(key.substring(VARIABLE.length()), value);
            return new Define(bound);
        }
        String name = space.equals(SETTING) ? key.substring(SETTING.length()) : key;
        variables.put(SETTING + name, value);
        return name.indexOf('.') < 0 ? new Define(bound) : new Assign(bound, name, value);
    }
}

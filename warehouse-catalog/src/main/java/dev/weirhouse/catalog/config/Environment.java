package dev.weirhouse.catalog.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Expands {@code ${NAME}} and {@code ${NAME:-default}} in one pass: what a variable holds is never expanded again. */
final class Environment {

    private static final Pattern REFERENCE = Pattern.compile("\\$?\\$\\{([^}]*)}?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Map<String, String> variables;

    Environment(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    /** @throws IllegalArgumentException when a variable has neither value nor default, or a reference is malformed */
    String expand(String text) {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder expanded = new StringBuilder();
        while (matcher.find()) {
            String found = matcher.group();
            String replacement = found.startsWith("$$") ? found.substring(1) : resolve(found, matcher.group(1));
            matcher.appendReplacement(expanded, Matcher.quoteReplacement(replacement));
        }
        return matcher.appendTail(expanded).toString();
    }

    private String resolve(String reference, String body) {
        int split = body.indexOf(":-");
        String name = split < 0 ? body : body.substring(0, split);
        if (!reference.endsWith("}") || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + reference + "' is not ${NAME} or ${NAME:-default}");
        }
        String value = variables.get(name);
        if (value != null && !(value.isEmpty() && split >= 0)) {
            return value;
        } else if (split >= 0) {
            return body.substring(split + 2);
        }
        throw new IllegalArgumentException(
                "the environment variable " + name + " is not set; set it or write ${" + name + ":-default}");
    }
}

package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.util.List;
import java.util.Locale;

/** Which settings a session may change. */
public final class SettingBounds {

    private final List<String> allowed;

    /** @param allowed keys; a * at the end stands for any rest */
    public SettingBounds(List<String> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    /**
     * Checks one change.
     *
     * @throws WarehouseException SETTING_NOT_ALLOWED
     */
    public void check(String key, String value) {
        if ("execution.runtime-mode".equals(key)
                && !"batch".equals(value.toLowerCase(Locale.ROOT))
                && !value.isEmpty()) {
            throw new WarehouseException(
                    CatalogError.SETTING_NOT_ALLOWED,
                    "A session reads bounded tables. A statement that runs on is a job: weir job apply FILE.");
        }
        for (String pattern : allowed) {
            boolean matches = pattern.endsWith("*")
                    ? key.startsWith(pattern.substring(0, pattern.length() - 1))
                    : key.equals(pattern);
            if (matches) {
                return;
            }
        }
        throw new WarehouseException(
                CatalogError.SETTING_NOT_ALLOWED,
                "The setting '" + key + "' cannot be changed by a session. The configuration's sql.settings names those"
                        + " that can.");
    }
}

package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How many tasks a statement may ask for at one time. A plan with more than the cluster has slots never starts, and one
 * with many thousands costs the process its memory before that shows.
 */
final class ParallelismBound {

    /** What is asked of a cluster outside, whose slots come and go. */
    private static final int MAX_OUTSIDE = 1024;

    private static final Pattern KEY = Pattern.compile("(.*[.\\-_])?(?<!max-)parallelism(\\.max|\\.default)?");
    private static final Pattern NUMBER = Pattern.compile("\\s*[+-]?\\d+\\s*");

    private final int max;

    ParallelismBound(CatalogConfig config) {
        this.max = config.clusterRest().isEmpty() ? config.clusterSlots() : MAX_OUTSIDE;
    }

    int max() {
        return max;
    }

    /** Whether a setting or option of this name counts tasks. */
    static boolean counts(String key) {
        return KEY.matcher(key.toLowerCase(Locale.ROOT)).matches();
    }

    /**
     * Checks a setting's or option's value if it counts tasks; what is no number is left to whoever reads it.
     *
     * @throws WarehouseException SETTING_INVALID
     */
    void check(String key, String value) {
        if (!counts(key) || !NUMBER.matcher(value).matches()) {
            return;
        }
        String digits = value.strip();
        if (digits.length() > 9 || Integer.parseInt(digits) > max) {
            throw new WarehouseException(
                    CatalogError.SETTING_INVALID,
                    "'" + key + "' cannot be '" + value + "': the cluster runs at most " + max
                            + " tasks of one kind beside each other.");
        }
    }
}

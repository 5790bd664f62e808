package dev.weirhouse.olap.flink;

import java.util.Map;
import org.apache.flink.table.api.config.ExecutionConfigOptions;
import org.apache.flink.table.api.config.ExecutionConfigOptions.LegacyCastBehaviour;

/**
 * The settings of a session that change what a query means and not how it is computed. The translation knows their defaults;
 * with others, Flink computes the query. The time zone and the dialect are not among them: a query's plan has those.
 */
final class MeaningSettings {

    private static final String LEGACY_CAST = ExecutionConfigOptions.TABLE_EXEC_LEGACY_CAST_BEHAVIOUR.key();
    private static final String DEFAULT_LIMIT = ExecutionConfigOptions.TABLE_EXEC_SORT_DEFAULT_LIMIT.key();

    private MeaningSettings() {}

    /** @throws NotNative when a query of a session with these settings means something else */
    static void check(Map<String, String> settings) throws NotNative {
        if (!settings.getOrDefault(LEGACY_CAST, LegacyCastBehaviour.DISABLED.name())
                .equalsIgnoreCase(LegacyCastBehaviour.DISABLED.name())) {
            throw new NotNative(Reason.SETTING, "the setting " + LEGACY_CAST + " changes what a cast means");
        }
        if (!settings.getOrDefault(DEFAULT_LIMIT, "-1").equals("-1")) {
            throw new NotNative(Reason.SETTING, "the setting " + DEFAULT_LIMIT + " limits what is sorted");
        }
    }
}

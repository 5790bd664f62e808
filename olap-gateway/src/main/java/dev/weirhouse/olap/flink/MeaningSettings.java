package dev.weirhouse.olap.flink;

import java.util.Map;
import java.util.Optional;
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

    /** Why no query of the session is computed natively; empty when there is nothing against it. */
    static Optional<String> refusal(Map<String, String> settings) {
        if (!settings.getOrDefault(LEGACY_CAST, LegacyCastBehaviour.DISABLED.name())
                .equalsIgnoreCase(LegacyCastBehaviour.DISABLED.name())) {
            return Optional.of("the setting " + LEGACY_CAST + " changes what a cast means");
        }
        if (!settings.getOrDefault(DEFAULT_LIMIT, "-1").equals("-1")) {
            return Optional.of("the setting " + DEFAULT_LIMIT + " limits what is sorted");
        }
        return Optional.empty();
    }
}

package dev.weirhouse.olap.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.olap.fuzz.RandomTables.Extent;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What one seed draws has every kind of table in it, and is the same again. */
final class RandomTablesTest {

    private static final int SEEDS = 300;

    private static RandomTables tables(long seed, Extent extent) {
        return new RandomTables(new Random(seed), extent, "db");
    }

    static LongStream seeds() {
        return LongStream.range(0, SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void oneSeedHasEveryMergeEngineAndFormatWithAndWithoutKey(long seed) {
        List<String> all = tables(seed, Extent.ALL).definitions();
        for (String engine : TableKind.ENGINES) {
            assertThat(all).anyMatch(has("'merge-engine' = '" + engine + "'"));
        }
        for (String format : TableKind.FORMATS) {
            String option = "'file.format' = '" + format + "'";
            assertThat(all).anyMatch(sql -> sql.contains(option) && sql.contains("PRIMARY KEY"));
            assertThat(all).anyMatch(sql -> sql.contains(option) && !sql.contains("PRIMARY KEY"));
        }
        assertThat(all).anyMatch(has("create_tag")).anyMatch(has("create_branch('db."));
    }

    @Test
    void manySeedsHaveEveryOtherTraitOfATable() {
        List<String> all = seeds().boxed()
                .flatMap(seed -> tables(seed, Extent.ALL).definitions().stream())
                .toList();
        for (String trait : List.of(
                "'bucket' = '1'",
                "'bucket' = '2'",
                "'bucket' = '-1'",
                "'bucket-key'",
                "'deletion-vectors.enabled'",
                "'sequence.field'",
                "sequence-group",
                "'sum'",
                "p1 STRING",
                "p1 BOOLEAN",
                "p1 INT",
                "p1 DATE",
                " ADD ",
                " AFTER ",
                " DROP ",
                " RENAME ",
                " MODIFY ")) {
            assertThat(all).anyMatch(has(trait));
        }
        assertThat(all)
                .as("partitioned by a column of the key, and by another")
                .anyMatch(sql -> sql.contains("PARTITIONED") && sql.matches(".*PRIMARY KEY \\([^)]*p1.*"))
                .anyMatch(sql -> sql.contains("PARTITIONED") && sql.matches(".*PRIMARY KEY \\((?![^)]*p1).*"));
    }

    @ParameterizedTest
    @EnumSource
    void theSameSeedDrawsTheSame(Extent extent) {
        RandomTables one = tables(7, extent);
        RandomTables same = tables(7, extent);
        assertThat(one.statements()).isEqualTo(same.statements());
        assertThat(one.settings()).isEqualTo(same.settings());
        assertThat(one.statements()).isNotEqualTo(tables(8, extent).statements());
    }

    private static Predicate<String> has(String part) {
        return sql -> sql.contains(part);
    }
}

package dev.weirhouse.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.batch.BatchError;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.consistency.CheckError;
import dev.weirhouse.lineage.openlineage.OpenLineageError;
import dev.weirhouse.olap.OlapError;
import dev.weirhouse.stream.StreamError;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** This module sees all others, so it can compare their codes. */
final class ErrorCodesTest {

    private static List<ErrorCode> all() {
        return Stream.<ErrorCode[]>of(
                        CatalogError.values(),
                        CheckError.values(),
                        BatchError.values(),
                        OlapError.values(),
                        OpenLineageError.values(),
                        ServerError.values(),
                        StreamError.values())
                .flatMap(Stream::of)
                .toList();
    }

    @Test
    void noNumberIsGivenTwice() {
        assertThat(all()).extracting(ErrorCode::number).doesNotHaveDuplicates();
    }

    @Test
    void statusAndStateAreWellFormed() {
        assertThat(all()).allSatisfy(code -> {
            assertThat(code.sqlState()).matches("[0-9A-Z]{5}");
            assertThat(code.httpStatus()).isBetween(400, 599);
        });
    }

    @Test
    void theServersNumbersLieInItsRanges() {
        assertThat(ServerError.values())
                .allSatisfy(code -> assertThat(code.number() % 1000).isBetween(500, 599));
    }
}

package dev.weirhouse.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.weirhouse.catalog.ErrorCode;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of errors has each code of all modules, in order of numbers, and says what to do. */
final class ErrorsPageTest {

    private static final ImportOption NOT_SHADED = location -> !location.contains("/dev/weirhouse/shaded/");

    private record Row(String facts, String advice) {}

    @Test
    void thePageHasEveryCodeAndNoOther() {
        List<Row> rows = DocPage.of("reference/errors.md").lines().stream()
                .filter(line -> line.startsWith("| WEIR-"))
                .map(ErrorsPageTest::row)
                .toList();
        assertThat(rows)
                .extracting(Row::facts)
                .containsExactlyElementsOf(codes().map(ErrorsPageTest::facts).toList());
        assertThat(rows)
                .allSatisfy(row -> assertThat(row.advice()).as(row.facts()).isNotBlank());
    }

    private static Row row(String line) {
        int advice = line.lastIndexOf('|', line.length() - 2);
        return new Row(line.substring(0, advice + 1), line.substring(advice + 1, line.length() - 1));
    }

    private static String facts(ErrorCode code) {
        return "| %s | %s | %s | %s | %d |"
                .formatted(code.id(), code.name(), code.type(), code.sqlState(), code.httpStatus());
    }

    private static Stream<ErrorCode> codes() {
        return new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .withImportOption(NOT_SHADED)
                        .importPackages("dev.weirhouse")
                        .stream()
                        .filter(type -> type.isEnum() && type.isAssignableTo(ErrorCode.class))
                        .map(JavaClass::reflect)
                        .flatMap(type -> Stream.of((ErrorCode[]) type.getEnumConstants()))
                        .sorted(Comparator.comparingInt(ErrorCode::number));
    }
}

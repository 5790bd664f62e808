package dev.weirhouse.server.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** This module sees all others, so the picture of the house is held against the imports of all of them here. */
final class ArchitectureTest {

    private static final String ROOT = "dev.weirhouse";
    private static final String PLANTED = ArchitectureTest.class.getPackageName() + ".planted";

    /** What the build renames is not ours. */
    private static final ImportOption NOT_SHADED = location -> !location.contains("/dev/weirhouse/shaded/");

    private static final Architecture HOUSE = new Architecture(ROOT);
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(NOT_SHADED)
            .importPackages(ROOT);

    @Test
    void allRoomsAreLookedAt() {
        assertThat(CLASSES.stream()
                        .map(type -> type.getPackageName().split("\\.", -1)[2])
                        .collect(Collectors.toSet()))
                .contains("catalog", "stream", "batch", "olap", "server", "testkit");
    }

    @Test
    void everyClassHasARoom() {
        HOUSE.everyClassHasARoom().check(CLASSES);
    }

    @Test
    void importsPointDown() {
        HOUSE.importsPointDown().check(CLASSES);
    }

    @Test
    void foreignTypesStayAtHome() {
        assertThat(violations(HOUSE.foreignTypesStayAtHome(), CLASSES)).isEmpty();
    }

    /** A rule that nothing can break proves nothing: the planted house breaks each once. */
    @Test
    void whatIsPlantedIsFound() {
        JavaClasses planted = new ClassFileImporter().importPackages(PLANTED);
        Architecture house = new Architecture(PLANTED);
        assertThat(violations(List.of(house.importsPointDown()), planted))
                .anyMatch(violation -> violation.contains("catalog.LooksUp") && violation.contains("stream.LooksAside"))
                .anyMatch(violation ->
                        violation.contains("stream.LooksAside") && violation.contains("batch.TakesTestKit"))
                .anyMatch(violation -> violation.contains("batch.TakesTestKit") && violation.contains("testkit.Kit"))
                .noneMatch(violation -> violation.contains("olap."));
        assertThat(violations(house.foreignTypesStayAtHome(), planted))
                .anyMatch(violation ->
                        violation.contains("batch.ForeignTypes") && violation.contains("org.apache.paimon."))
                .anyMatch(violation ->
                        violation.contains("batch.ForeignTypes") && violation.contains("org.apache.hadoop."))
                .anyMatch(violation ->
                        violation.contains("batch.ForeignTypes") && violation.contains("org.apache.arrow."))
                .anyMatch(violation ->
                        violation.contains("batch.ForeignTypes") && violation.contains("org.apache.calcite."))
                .noneMatch(violation -> violation.contains("olap."));
        assertThat(violations(List.of(new Architecture(PLANTED + ".catalog").everyClassHasARoom()), planted))
                .anyMatch(violation -> violation.contains("olap.arrow.AtHome"));
    }

    private static List<String> violations(List<ArchRule> rules, JavaClasses classes) {
        return rules.stream()
                .flatMap(rule -> rule.evaluate(classes).getFailureReport().getDetails().stream())
                .toList();
    }
}

package dev.weirhouse.server.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The house as rules over the packages below a root.
 *
 * <pre>
 *   server
 *   consistency
 *   stream | batch | olap
 *   lineage
 *   catalog
 * </pre>
 *
 * <p>A room may use those of the floors below it: never a floor above, and never a room of its own floor. The test kit
 * stands outside, and no room uses it.
 */
final class Architecture {

    private static final String TESTKIT = "testkit";

    /** From the top down. */
    private static final List<List<String>> FLOORS = List.of(
            List.of("server"),
            List.of("consistency"),
            List.of("stream", "batch", "olap"),
            List.of("lineage"),
            List.of("catalog"));

    /**
     * Whose types stop where: at packages that carry their name, and where they meet Flink, which opens the tables of both
     * Paimon and Hive. Hive comes with Hadoop's files and Thrift's wire.
     */
    private static final Map<String, List<String>> HOMES = new TreeMap<>(Map.of(
            "org.apache.paimon..",
            List.of("catalog.paimon..", "catalog.hive..", "catalog.flink..", "olap.paimon..", "testkit.fault.."),
            "org.apache.hadoop..",
            List.of("catalog.hive..", "catalog.flink..", "testkit.fault.."),
            "org.apache.hive..",
            List.of("catalog.hive..", "catalog.flink.."),
            "org.apache.thrift..",
            List.of("catalog.hive..", "catalog.flink.."),
            "org.apache.arrow..",
            List.of("olap.arrow..", "olap.flight..", "olap.duckdb.."),
            "org.duckdb..",
            List.of("olap.duckdb.."),
            "org.apache.calcite..",
            List.of("catalog.flink..", "lineage.flink..", "stream.flink..", "batch.flink..", "olap.flink.."),
            "org.apache.flink.table.planner..",
            List.of("catalog.flink..", "lineage.flink..", "stream.flink..", "batch.flink..", "olap.flink..")));

    private final String root;

    /** @param root the package that holds the rooms */
    Architecture(String root) {
        this.root = root;
    }

    /** Every class lies in a room or in the test kit. */
    ArchRule everyClassHasARoom() {
        return classes()
                .should()
                .resideInAnyPackage(packages(Stream.concat(rooms(), Stream.of(TESTKIT))
                        .map(room -> room + "..")
                        .toList()));
    }

    /** An import points down. */
    ArchRule importsPointDown() {
        var layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
        layers = layers.optionalLayer(TESTKIT).definedBy(packages(List.of(TESTKIT + "..")));
        for (String room : rooms().toList()) {
            layers = layers.optionalLayer(room).definedBy(packages(List.of(room + "..")));
        }
        for (int floor = 0; floor < FLOORS.size(); floor++) {
            String[] below = FLOORS.subList(floor + 1, FLOORS.size()).stream()
                    .flatMap(List::stream)
                    .toArray(String[]::new);
            for (String room : FLOORS.get(floor)) {
                layers = below.length == 0
                        ? layers.whereLayer(room).mayNotAccessAnyLayer()
                        : layers.whereLayer(room).mayOnlyAccessLayers(below);
            }
        }
        return layers;
    }

    /** For each family of foreign types, that they stop at their homes. */
    List<ArchRule> foreignTypesStayAtHome() {
        return HOMES.entrySet().stream()
                .map(home -> (ArchRule) noClasses()
                        .that()
                        .resideOutsideOfPackages(packages(home.getValue()))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(home.getKey()))
                .toList();
    }

    private static Stream<String> rooms() {
        return FLOORS.stream().flatMap(List::stream);
    }

    private String[] packages(List<String> below) {
        return below.stream().map(name -> root + "." + name).toArray(String[]::new);
    }
}

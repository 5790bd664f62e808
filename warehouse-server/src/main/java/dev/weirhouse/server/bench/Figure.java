package dev.weirhouse.server.bench;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.server.cli.ApiClient;
import java.util.Optional;

/**
 * One thing that was measured.
 *
 * @param unit what its values are counted in
 * @param baseline what it is compared with, measured in the same run of the bench; its ratio is median over median
 */
record Figure(String name, String unit, Runs runs, Optional<Figure> baseline) {

    Figure {
        requireNonNull(name, "name is null");
        requireNonNull(unit, "unit is null");
        requireNonNull(runs, "runs are null");
        requireNonNull(baseline, "baseline is null");
    }

    static Figure of(String name, String unit, Runs runs) {
        return new Figure(name, unit, runs, Optional.empty());
    }

    Figure against(Figure other) {
        if (!unit.equals(other.unit)) {
            throw new IllegalArgumentException(name + " is in " + unit + ", and " + other.name + " in " + other.unit);
        }
        return new Figure(name, unit, runs, Optional.of(other));
    }

    double value() {
        return runs.median();
    }

    /** This over its baseline; empty when there is none, or it is nothing. */
    Optional<Double> ratio() {
        return baseline.map(Figure::value).filter(value -> value != 0).map(value -> value() / value);
    }

    ObjectNode json() {
        ObjectNode json = ApiClient.JSON
                .createObjectNode()
                .put("name", name)
                .put("value", value())
                .put("unit", unit);
        json.put("baseline", baseline.map(Figure::name).orElse(null));
        json.put("ratio", ratio().orElse(null));
        var list = json.putArray("runs");
        runs.values().forEach(list::add);
        return json;
    }
}

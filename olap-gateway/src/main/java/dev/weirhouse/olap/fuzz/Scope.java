package dev.weirhouse.olap.fuzz;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The columns that an expression may use, by kind. */
final class Scope {

    private final Map<Kind, List<String>> columns = new EnumMap<>(Kind.class);

    Scope add(Kind kind, String column) {
        columns.computeIfAbsent(kind, key -> new ArrayList<>()).add(column);
        return this;
    }

    Scope and(Scope other) {
        Scope both = new Scope();
        columns.forEach((kind, names) -> names.forEach(name -> both.add(kind, name)));
        other.columns.forEach((kind, names) -> names.forEach(name -> both.add(kind, name)));
        return both;
    }

    List<String> of(Kind kind) {
        return columns.getOrDefault(kind, List.of());
    }

    List<Kind> kinds() {
        return List.copyOf(columns.keySet());
    }
}

package dev.weirhouse.catalog;

import dev.weirhouse.catalog.Cut.Place;
import dev.weirhouse.catalog.state.FlowStore;
import dev.weirhouse.catalog.state.FlowStore.Boundary;
import dev.weirhouse.catalog.state.FlowStore.Stand;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds the newest boundary of a flow that tables have reached. Thread-safe. */
public final class StrongCuts {

    /** Among so many of the newest boundaries is one that tables have in common, unless a job is late. */
    private static final long LATELY = 64;

    private final FlowStore flows;
    private final Clock clock;

    StrongCuts(FlowStore flows, Clock clock) {
        this.flows = flows;
        this.clock = clock;
    }

    /**
     * The cut of the newest boundary that all of the tables have reached.
     *
     * @param tables by name the version that each stands for, as Paimon writes it; not empty
     * @throws WarehouseException CUT_NOT_STRONG when there is none, CUT_TOO_OLD when it is older than may be
     */
    public Cut of(Map<TableName, String> tables, Consistency consistency) {
        Set<String> versions = new TreeSet<>(tables.values());
        List<String> shared = flows.flowsOf(versions);
        if (shared.isEmpty()) {
            throw notStrong(versions);
        }
        // A root may be one of several flows; what is newest counts.
        Optional<Found> newest = shared.stream()
                .map(flow -> find(flow, versions))
                .flatMap(Optional::stream)
                .max(Comparator.comparingLong(Found::at));
        if (newest.isEmpty()) {
            throw new WarehouseException(
                    CatalogError.CUT_NOT_STRONG,
                    "There is no boundary that " + String.join(", ", versions)
                            + (versions.size() == 1 ? " has" : " have all")
                            + " reached and that is still kept. weir flow show " + shared.get(0)
                            + " tells where each stands.");
        }
        Found found = newest.get();
        Duration age = age(found.boundary());
        if (consistency.within().filter(most -> age.compareTo(most) > 0).isPresent()) {
            throw new WarehouseException(
                    CatalogError.CUT_TOO_OLD,
                    "The newest boundary of the flow " + found.flow() + " that " + String.join(", ", versions)
                            + (versions.size() == 1 ? " has" : " have all") + " reached is " + age.toMillis()
                            + " ms old, and '" + Consistency.SETTING
                            + "' allows " + consistency.within().get().toMillis() + " ms. weir flow show "
                            + found.flow() + " tells which of them is behind.");
        }
        return cut(found.flow(), found.boundary(), tables, Consistency.SETTING);
    }

    /**
     * The cut of the newest boundary that all tables of a flow have reached.
     *
     * @throws WarehouseException CUT_NOT_STRONG when there is none
     */
    public Cut ofFlow(String flow) {
        Set<String> versions = flows.progress(flow).keySet();
        OptionalLong boundary = versions.isEmpty() ? OptionalLong.empty() : flows.common(flow, versions, 0);
        if (boundary.isEmpty()) {
            throw new WarehouseException(
                    CatalogError.CUT_NOT_STRONG,
                    "There is no flow " + flow
                            + ", or no boundary that all of its tables have reached: weir flow list.");
        }
        return cut(
                flow,
                flows.boundary(flow, boundary.getAsLong()).orElseThrow(),
                versions.stream().collect(Collectors.toMap(StrongCuts::logical, version -> version, (a, b) -> a)),
                Cut.SETTING);
    }

    /**
     * Requires that a boundary which is read again and again is not older than may be.
     *
     * @throws WarehouseException CUT_TOO_OLD
     */
    void requireYoung(String flow, long boundary, Duration most) {
        Optional<Duration> age = flows.boundary(flow, boundary).map(this::age);
        if (age.isEmpty() || age.get().compareTo(most) > 0) {
            throw new WarehouseException(
                    CatalogError.CUT_TOO_OLD,
                    "The boundary " + boundary + " of the flow " + flow + ", which the session holds, is "
                            + age.map(known -> known.toMillis() + " ms old").orElse("older than is remembered")
                            + ", and '"
                            + Consistency.SETTING + "' allows " + most.toMillis() + " ms. SET '" + Cut.SETTING
                            + "' again for a newer one.");
        }
    }

    private Duration age(Boundary boundary) {
        return Duration.ofMillis(Math.max(0, clock.millis() - boundary.confirmedAt()));
    }

    private static TableName logical(String version) {
        String[] parts = version.split("\\.", 2);
        return new TableName(parts[0], parts[1]);
    }

    private record Found(String flow, Boundary boundary) {
        /** As of when it holds, in milliseconds since 1970 UTC. */
        long at() {
            return boundary.confirmedAt();
        }
    }

    private Optional<Found> find(String flow, Set<String> versions) {
        long newest = flows.newest(flow).map(Boundary::number).orElse(0L);
        OptionalLong lately = flows.common(flow, versions, newest - LATELY);
        OptionalLong boundary = lately.isPresent() ? lately : flows.common(flow, versions, 0);
        return boundary.isEmpty()
                ? Optional.empty()
                : flows.boundary(flow, boundary.getAsLong()).map(found -> new Found(flow, found));
    }

    private Cut cut(String flow, Boundary boundary, Map<TableName, String> tables, String setting) {
        Map<String, Stand> places = flows.places(flow, boundary.number());
        List<Place> found = new ArrayList<>();
        tables.forEach((table, version) -> {
            Stand stand = places.get(version);
            if (stand != null) {
                found.add(new Place(
                        table,
                        Optional.of(version),
                        OptionalLong.of(stand.snapshot()),
                        Optional.of(Instant.ofEpochMilli(stand.committedAt()))));
            }
        });
        return new Cut(
                "The boundary " + boundary.number() + " of the flow " + flow,
                found,
                Optional.empty(),
                setting,
                OptionalLong.of(boundary.number()));
    }

    private WarehouseException notStrong(Set<String> versions) {
        Set<String> alone = versions.stream()
                .filter(version -> flows.flowsOf(Set.of(version)).isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
        return new WarehouseException(
                CatalogError.CUT_NOT_STRONG,
                alone.isEmpty()
                        ? String.join(", ", versions)
                                + " have no flow in common: what derives from one says nothing of the other."
                        : String.join(", ", alone) + (alone.size() == 1 ? " stands" : " stand")
                                + " at no boundary of any flow: what it derives from is unknown. Make it a root of a flow,"
                                + " or let the job that writes it SET 'stream.flow'.");
    }
}

package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * At which snapshots tables are read.
 *
 * @param said how a message calls it
 * @param places in the order of the text, a table that was read at several snapshots with each
 * @param until when all of its snapshots were committed; empty when that is not known
 * @param setting the session's that asks for it
 * @param boundary the number of the flow's boundary that it is; empty for another cut
 */
public record Cut(String said, List<Place> places, Optional<Instant> until, String setting, OptionalLong boundary) {

    /** The setting of a session that says which cut it reads. */
    public static final String SETTING = "read.cut";

    /** What the setting begins with when it names a statement whose cut is meant; the statement's id follows. */
    public static final String OF_QUERY = "query ";

    /** What the setting begins with when it names a flow, whose newest common boundary is meant; the flow's name follows. */
    public static final String OF_FLOW = "flow ";

    private static final Pattern PLACE = Pattern.compile(
            "(?<table>[^\\s.=@,;]+\\.[^\\s.=@,;]+)(?:=(?<version>[^\\s=@,;]+))?(?:@(?<snapshot>\\d{1,18}))?");

    /**
     * A table in a cut.
     *
     * @param version as Paimon writes it; empty for what the name stands for now
     * @param snapshot 0 where nothing had been committed yet; empty where the table was not read at a single one, or that is
     *     not known
     * @param committed when the snapshot was committed; empty when that is not known
     */
    public record Place(TableName table, Optional<String> version, OptionalLong snapshot, Optional<Instant> committed) {
        public Place {
            requireNonNull(table, "table is null");
            requireNonNull(version, "version is null");
            requireNonNull(snapshot, "snapshot is null");
            requireNonNull(committed, "committed is null");
        }
    }

    public Cut {
        requireNonNull(said, "said is null");
        places = List.copyOf(places);
        requireNonNull(until, "until is null");
        requireNonNull(setting, "setting is null");
        requireNonNull(boundary, "boundary is null");
    }

    /**
     * What answers and records of runs write: {@code dw.a=dw.a@7, dw.b=dw.b$branch_x@2; dw.out=dw.out}. What was written comes
     * after the semicolon and is no part of what is read; {@code dw.a@7} is as good.
     *
     * @throws IllegalArgumentException when the text is none
     */
    public static Cut parse(String said, String text, Optional<Instant> until) {
        String read = text.split(";", 2)[0].strip();
        List<Place> places = new ArrayList<>();
        for (String place : read.isEmpty() ? new String[0] : read.split(",", -1)) {
            Matcher matcher = PLACE.matcher(place.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "'" + place.strip() + "' is no table at a snapshot, such as dw.orders@7");
            }
            String[] name = matcher.group("table").split("\\.");
            places.add(new Place(
                    new TableName(name[0], name[1]),
                    Optional.ofNullable(matcher.group("version")),
                    Optional.ofNullable(matcher.group("snapshot"))
                            .map(Long::parseLong)
                            .map(OptionalLong::of)
                            .orElse(OptionalLong.empty()),
                    Optional.empty()));
        }
        return new Cut(said, places, until, SETTING, OptionalLong.empty());
    }

    /**
     * Checks a value of the {@link #SETTING} as far as that can be done without looking.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static void check(String value) {
        Optional<String> named = query(value).or(() -> flow(value));
        if (named.isPresent()
                ? named.get().isEmpty()
                : parse(SETTING, value, Optional.empty()).places().isEmpty()) {
            throw new IllegalArgumentException("it names nothing");
        }
    }

    /** The id of the statement whose cut a value of the {@link #SETTING} asks for. */
    public static Optional<String> query(String value) {
        return named(value, OF_QUERY);
    }

    /** The name of the flow whose newest common boundary a value of the {@link #SETTING} asks for. */
    public static Optional<String> flow(String value) {
        return named(value, OF_FLOW);
    }

    private static Optional<String> named(String value, String what) {
        String asked = value.strip();
        return asked.regionMatches(true, 0, what, 0, what.length())
                ? Optional.of(asked.substring(what.length()).strip())
                : Optional.empty();
    }

    /**
     * Where a table stands in it.
     *
     * @throws WarehouseException CUT_NOT_READABLE when the cut has no one snapshot of it
     */
    public Place place(TableName table) {
        List<Place> found = places.stream()
                .filter(place -> place.table().equals(table))
                .distinct()
                .toList();
        if (found.isEmpty()) {
            throw notReadable("it does not have " + table + ". It has " + tables() + ".");
        } else if (found.size() > 1) {
            throw notReadable("it has " + table + " at several snapshots. Name one in the statement: " + table.table()
                    + " /*+ OPTIONS('scan.snapshot-id' = '"
                    + found.get(0).snapshot().orElse(1) + "') */.");
        } else if (found.get(0).snapshot().isEmpty()) {
            throw notReadable("it has no snapshot of " + table + ": there was none, or its rows were read otherwise.");
        }
        return found.get(0);
    }

    private String tables() {
        String tables = String.join(
                ", ",
                places.stream()
                        .map(place -> place.table().toString())
                        .distinct()
                        .toList());
        return tables.isEmpty() ? "no table" : tables;
    }

    /** Why something cannot be read at this cut. */
    public WarehouseException notReadable(String why) {
        return new WarehouseException(
                CatalogError.CUT_NOT_READABLE,
                said + " cannot be read: " + why + " RESET '" + setting + "' reads what is new.");
    }
}

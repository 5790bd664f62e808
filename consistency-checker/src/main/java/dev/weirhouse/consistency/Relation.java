package dev.weirhouse.consistency;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.WarehouseException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A table, or a branch of one, at a moment.
 *
 * @param table with {@code $branch_b} behind it where a branch is meant
 * @param snapshot at which it is read; empty for the newest, or where a tag says it
 */
public record Relation(String database, String table, OptionalLong snapshot, Optional<String> tag) {

    private static final Pattern FORM =
            Pattern.compile("(?<database>[^.@\\s`]+)\\.(?<table>[^.@\\s`]+)(?:@(?<moment>[^@\\s`'\\\\]+))?");
    private static final Pattern SNAPSHOT = Pattern.compile("\\d{1,18}");
    private static final String BRANCH = "$branch_";

    public Relation {
        requireNonNull(database, "database is null");
        requireNonNull(table, "table is null");
        requireNonNull(snapshot, "snapshot is null");
        requireNonNull(tag, "tag is null");
    }

    /**
     * Reads {@code dw.t}, {@code dw.t@7} for a snapshot, {@code dw.t@yesterday} for a tag, {@code dw.t$branch_b} for a branch.
     *
     * @throws WarehouseException RELATION_INVALID
     */
    public static Relation parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new WarehouseException(
                    CheckError.RELATION_INVALID,
                    "'" + text + "' names no table: it is DATABASE.TABLE, with $branch_NAME behind it for a branch, and"
                            + " with @SNAPSHOT or @TAG for a moment.");
        }
        Optional<String> moment = Optional.ofNullable(matcher.group("moment"));
        boolean numbered =
                moment.filter(said -> SNAPSHOT.matcher(said).matches()).isPresent();
        return new Relation(
                matcher.group("database"),
                matcher.group("table"),
                numbered ? OptionalLong.of(Long.parseLong(moment.get())) : OptionalLong.empty(),
                numbered ? Optional.empty() : moment);
    }

    /**
     * A version, wherever names point.
     *
     * @param version as Paimon writes it
     */
    public static Relation ofVersion(String version, OptionalLong snapshot) {
        String[] parts = version.split("\\.", 2);
        return new Relation(
                parts[0],
                parts[1].contains(BRANCH) ? parts[1] : parts[1] + BRANCH + "main",
                snapshot,
                Optional.empty());
    }

    /** A query for all of its rows. */
    public String query() {
        String hint = snapshot.isPresent()
                ? " /*+ OPTIONS('scan.snapshot-id' = '" + snapshot.getAsLong() + "') */"
                : tag.map(name -> " /*+ OPTIONS('scan.tag-name' = '" + name + "') */")
                        .orElse("");
        return "SELECT * FROM `" + database + "`.`" + table + "`" + hint;
    }

    @Override
    public String toString() {
        return database + "." + table
                + (snapshot.isPresent()
                        ? "@" + snapshot.getAsLong()
                        : tag.map(name -> "@" + name).orElse(""));
    }
}

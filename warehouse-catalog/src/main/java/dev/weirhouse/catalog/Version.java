package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * The physical Paimon table, or branch of one, that a name resolves to.
 *
 * @param physical the table in the same metastore, in the logical table's database
 * @param branch the branch; empty for main
 */
public record Version(TableName physical, Optional<String> branch) {
    public Version {
        requireNonNull(physical, "physical is null");
        requireNonNull(branch, "branch is null");
    }

    /** What a name means that was never pointed elsewhere: the table of that name. */
    public static Version itself(TableName table) {
        return new Version(table, Optional.empty());
    }

    @Override
    public String toString() {
        return physical + branch.map(name -> "$branch_" + name).orElse("");
    }
}

package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Who speaks, and on whose behalf.
 *
 * @param principal the user's name
 * @param source the tool or program that speaks for the user, free text, may be empty
 * @param tags free labels that later select and group what this caller did
 * @param door where the caller came in
 */
public record Caller(String principal, String source, List<String> tags, Door door) {
    public Caller {
        requireNonNull(principal, "principal is null");
        requireNonNull(source, "source is null");
        requireNonNull(door, "door is null");
        tags = List.copyOf(tags);
        if (principal.isBlank()) {
            throw new WarehouseException(CatalogError.PERMISSION_DENIED, "A caller needs a name.");
        }
    }

    /** The warehouse itself: recovery, maintenance, system jobs. */
    public static Caller internal(String source) {
        return new Caller("weirhouse", source, List.of(), Door.INTERNAL);
    }
}

package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Who speaks, and on whose behalf.
 *
 * <p>What a caller says of itself ends up in logs, rows and metrics, so it is short and without control characters.
 *
 * @param principal the user's name, up to 128 characters
 * @param source the tool or program that speaks for the user, free text up to 512 characters, may be empty
 * @param tags up to 32 free labels that later select and group what this caller did, each up to 128 characters
 * @param door where the caller came in
 */
public record Caller(String principal, String source, List<String> tags, Door door) {

    private static final int MAX_NAME = 128;
    private static final int MAX_SOURCE = 512;
    private static final int MAX_TAGS = 32;

    public Caller {
        requireNonNull(principal, "principal is null");
        requireNonNull(source, "source is null");
        requireNonNull(door, "door is null");
        tags = List.copyOf(tags);
        if (principal.isBlank()) {
            throw new WarehouseException(CatalogError.PERMISSION_DENIED, "A caller needs a name.");
        }
        check("user name", principal, MAX_NAME);
        check("source", source, MAX_SOURCE);
        if (tags.size() > MAX_TAGS) {
            throw new WarehouseException(
                    CatalogError.CALLER_INVALID,
                    "A caller may have " + MAX_TAGS + " tags, and this one sends " + tags.size() + ".");
        }
        tags.forEach(tag -> check("tag", tag, MAX_NAME));
    }

    private static void check(String what, String text, int max) {
        if (text.length() > max) {
            throw new WarehouseException(
                    CatalogError.CALLER_INVALID,
                    "The caller's " + what + " has " + text.length() + " characters, and may have " + max + ".");
        }
        if (text.codePoints().anyMatch(Caller::isControl)) {
            throw new WarehouseException(
                    CatalogError.CALLER_INVALID,
                    "The caller's " + what + " holds a line break or another control character.");
        }
    }

    private static boolean isControl(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.FORMAT -> true;
            default -> false;
        };
    }

    /** The warehouse itself: recovery, maintenance, system jobs. */
    public static Caller internal(String source) {
        return new Caller("weirhouse", source, List.of(), Door.INTERNAL);
    }
}

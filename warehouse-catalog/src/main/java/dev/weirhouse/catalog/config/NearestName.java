package dev.weirhouse.catalog.config;

import java.util.Optional;
import java.util.SortedSet;

/** Finds the known name that a mistyped one most likely means. */
public final class NearestName {

    private NearestName() {}

    /** The nearest name by edits, if fewer than a third of the letters differ or only its last part is given. */
    public static Optional<String> of(String name, SortedSet<String> known) {
        String best = null;
        int bestEdits = Integer.MAX_VALUE;
        for (String candidate : known) {
            int edits = edits(name, candidate);
            if (edits < bestEdits) {
                best = candidate;
                bestEdits = edits;
            }
        }
        if (best != null && bestEdits <= Math.max(2, name.length() / 3)) {
            return Optional.of(best);
        }
        String lastPart = name.substring(name.lastIndexOf('.') + 1);
        return known.stream()
                .filter(candidate -> candidate.endsWith("." + lastPart))
                .findFirst();
    }

    /** Levenshtein's distance, two rows at a time. */
    private static int edits(String left, String right) {
        int[] previous = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int[] current = new int[right.length() + 1];
            current[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int replace = previous[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replace, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[right.length()];
    }
}

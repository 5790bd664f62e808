package dev.weirhouse.catalog;

import java.util.regex.Pattern;

/** A statement as the record of its run keeps it: without what was typed to prove who asks, and not without end. */
public final class RecordedText {

    private static final Pattern CREDENTIAL = Pattern.compile(
            "(?i)('[^'\\n]*(?:password|secret|token|access[-.]?key|credential|jaas[-.]config)[^'\\n]*'\\s*=\\s*)"
                    + "'(?!\\$\\{secret:)(?:[^']|'')*+'");

    private RecordedText() {}

    /** @param maxLength the longest text that is kept whole, in characters */
    public static String of(String sql, int maxLength) {
        String kept = sql.length() > maxLength ? sql.substring(0, maxLength) + " …" : sql;
        return CREDENTIAL.matcher(kept.replace('\0', ' ')).replaceAll("$1'***'");
    }
}

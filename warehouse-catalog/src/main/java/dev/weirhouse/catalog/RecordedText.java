package dev.weirhouse.catalog;

import java.util.regex.Pattern;

/**
 * A statement as records and listings have it: without what was typed to prove who asks. That is what follows {@code =} after a
 * quoted name in which something like <i>password</i> or <i>token</i> stands; references to secrets stay.
 */
public final class RecordedText {

    /** Goes through a text once, however long what is quoted is. */
    private static final Pattern CREDENTIAL = Pattern.compile(
            "(?i)('(?=[^'\\n]*?(?:password|secret|token|access[-.]?key|credential|jaas[-.]config))[^'\\n]*+'\\s*+=\\s*+)"
                    + "'(?!\\$\\{secret:)[^']*+(?:''[^']*+)*+(?:'|\\z)");

    private RecordedText() {}

    /** The whole text. */
    public static String of(String sql) {
        return CREDENTIAL.matcher(sql.replace('\0', ' ')).replaceAll("$1'***'");
    }

    /** @param maxLength the longest text that is kept whole, in characters */
    public static String of(String sql, int maxLength) {
        String kept = of(sql);
        return kept.length() > maxLength ? kept.substring(0, maxLength) + " …" : kept;
    }
}

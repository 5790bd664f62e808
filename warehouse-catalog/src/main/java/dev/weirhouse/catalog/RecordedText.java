package dev.weirhouse.catalog;

import java.util.regex.Pattern;

/**
 * A statement as records and listings have it: without what was typed to prove who asks. That is what follows {@code =} after a
 * name in quotes, or after SET, in which something like <i>password</i> or <i>token</i> stands, and what stands in a URL before
 * its host or behind such a parameter; references to secrets stay.
 */
public final class RecordedText {

    private static final String SECRET =
            "(?:password|passwd|pwd|secret|token|(?:access|api|account|private|signing)[-._]?key|credential|jaas[-.]config|sas[-.]?url)";

    /** Goes through a text once, however long what is quoted is. */
    private static final Pattern CREDENTIAL = Pattern.compile("(?i)('(?=[^'\\n]*?" + SECRET + ")[^'\\n]*+'\\s*+=\\s*+)"
            + "'(?!\\$\\{secret:)[^']*+(?:''[^']*+)*+(?:'|\\z)");

    /** As Hive has it. */
    private static final Pattern IN_DOUBLE_QUOTES = Pattern.compile("(?i)(\"(?=[^\"\\n]*?" + SECRET
            + ")[^\"\\n]*+\"\\s*+=\\s*+)" + "\"(?!\\$\\{secret:)[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+(?:\"|\\\\?\\z)");

    /** As Hive has it too: the value goes up to the statement's end. */
    private static final Pattern SETTING = Pattern.compile(
            "(?i)(\\bSET\\s++(?=[\\w.:-]*?" + SECRET + ")[\\w.:-]++\\s*+=\\s*+)(?!['\"]|\\$\\{secret:)[^;\\n]++");

    /** Between a URL's scheme and its host. */
    private static final Pattern USER_INFO = Pattern.compile("(?<=[a-zA-Z0-9]://)[^\\s/?#'\"@]{1,1000}+@");

    private static final Pattern PARAMETER =
            Pattern.compile("(?i)((?<=[?&;])[\\w.-]{0,100}?" + SECRET + "[\\w.-]{0,100}+=)[^&;\\s'\"]++");

    /** Most texts have none of it. */
    private static final Pattern SUSPECT = Pattern.compile("(?i)" + SECRET + "|://[^\\s/?#'\"@]{1,1000}+@");

    private RecordedText() {}

    /** The whole text. */
    public static String of(String sql) {
        String text = sql.replace('\0', ' ');
        if (!SUSPECT.matcher(text).find()) {
            return text;
        }
        text = CREDENTIAL.matcher(text).replaceAll("$1'***'");
        text = IN_DOUBLE_QUOTES.matcher(text).replaceAll("$1\"***\"");
        text = SETTING.matcher(text).replaceAll("$1***");
        text = USER_INFO.matcher(text).replaceAll("***@");
        return PARAMETER.matcher(text).replaceAll("$1***");
    }

    /** @param maxLength the longest text that is kept whole, in characters */
    public static String of(String sql, int maxLength) {
        String kept = of(sql);
        return kept.length() > maxLength ? kept.substring(0, maxLength) + " …" : kept;
    }
}

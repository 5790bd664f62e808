package dev.weirhouse.olap.flight;

import java.util.Locale;

/**
 * A pattern of JDBC's metadata calls: {@code %} stands for any text, {@code _} for one character, and {@code \} takes the
 * next character as it is. Names compare as the metastore compares them, in lower case.
 */
final class NamePattern {

    static final String ESCAPE = "\\";

    private static final char ANY_TEXT = '\uE000';
    private static final char ANY_CHARACTER = '\uE001';

    private final String pattern;

    private NamePattern(String pattern) {
        this.pattern = pattern;
    }

    static NamePattern of(String text) {
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ESCAPE.charAt(0) && i + 1 < text.length()) {
                i++;
                pattern.append(text.charAt(i));
            } else {
                pattern.append(c == '%' ? ANY_TEXT : c == '_' ? ANY_CHARACTER : c);
            }
        }
        return new NamePattern(pattern.toString().toLowerCase(Locale.ROOT));
    }

    static NamePattern everything() {
        return of("%");
    }

    /** Takes time in proportion to the lengths' product at worst, so that no pattern can stall the server. */
    boolean matches(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        int p = 0;
        int n = 0;
        int lastAny = -1;
        int resume = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == ANY_TEXT) {
                lastAny = p;
                resume = n;
                p++;
            } else if (p < pattern.length()
                    && (pattern.charAt(p) == ANY_CHARACTER || pattern.charAt(p) == name.charAt(n))) {
                p++;
                n++;
            } else if (lastAny >= 0) {
                p = lastAny + 1;
                resume++;
                n = resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == ANY_TEXT) {
            p++;
        }
        return p == pattern.length();
    }
}

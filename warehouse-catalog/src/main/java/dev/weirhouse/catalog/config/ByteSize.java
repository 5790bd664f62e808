package dev.weirhouse.catalog.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, at least 0; written {@code 512mb}, {@code 4gb}, with 1 kb = 1,024 bytes. */
public record ByteSize(long bytes) {

    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(b|kb|mb|gb|tb)?");

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size cannot be negative: " + bytes);
        }
    }

    /** Reads a size; a number alone counts bytes. */
    public static ByteSize parse(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a size such as 512mb");
        }
        int shift =
                switch (matcher.group(2) == null ? "b" : matcher.group(2)) {
                    case "kb" -> 10;
                    case "mb" -> 20;
                    case "gb" -> 30;
                    case "tb" -> 40;
                    default -> 0;
                };
        return new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift));
    }

    /** Writes the size in the greatest unit that needs no fraction, as {@link #parse} reads it. */
    public String toText() {
        String[] units = {"b", "kb", "mb", "gb", "tb"};
        long number = bytes;
        int unit = 0;
        while (number > 0 && number % 1024 == 0 && unit < units.length - 1) {
            number /= 1024;
            unit++;
        }
        return number + units[unit];
    }
}

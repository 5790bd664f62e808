package dev.weirhouse.stream.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.table.data.StringData;
import org.apache.flink.util.ExceptionUtils;

/** The two texts of a rejected record, both bounded: a table of rejected records is read by people. */
final class RejectedText {

    /** The most bytes of a record's text that are kept, the mark of a cut included. */
    static final int MAX_RAW_BYTES = 64 * 1024;

    /** The most characters of a reason. */
    static final int MAX_REASON_CHARACTERS = 500;

    private static final int MAX_CAUSES = 16;

    private RejectedText() {}

    /** The record as UTF-8, with U+FFFD for what is not; when too long, its beginning and how long it was. */
    static StringData raw(@Nullable byte[] message) {
        if (message == null) {
            return StringData.fromString("");
        }
        byte[] clean = new String(message, 0, Math.min(message.length, MAX_RAW_BYTES), UTF_8).getBytes(UTF_8);
        if (message.length <= MAX_RAW_BYTES && clean.length <= MAX_RAW_BYTES) {
            return StringData.fromBytes(clean);
        }
        byte[] mark = " … [cut, %d bytes in all]".formatted(message.length).getBytes(UTF_8);
        int kept = MAX_RAW_BYTES - mark.length;
        while (isContinuation(clean[kept])) {
            kept--;
        }
        byte[] cut = Arrays.copyOf(clean, kept + mark.length);
        System.arraycopy(mark, 0, cut, kept, mark.length);
        return StringData.fromBytes(cut);
    }

    private static boolean isContinuation(byte b) {
        return (b & 0xC0) == 0x80;
    }

    /** Why decoding failed. Throws the failure on when it is the process's and not the record's. */
    static String reason(Throwable failure) {
        List<String> messages = new ArrayList<>();
        // Flink's formats wrap once more with a message that repeats the record, which stands in its own column.
        Throwable link = failure.getCause() == null ? failure : failure.getCause();
        for (int i = 0; link != null && i < MAX_CAUSES; i++) {
            if (!(link instanceof StackOverflowError)) {
                ExceptionUtils.rethrowIfFatalErrorOrOOM(link);
            }
            Throwable cause = link.getCause();
            String message = link.getMessage();
            if (link instanceof StackOverflowError) {
                messages.add("nested too deeply");
            } else if (message != null && !(cause != null && message.equals(cause.toString()))) {
                messages.add(withoutEnding(message));
            } else if (cause == null) {
                messages.add(link.getClass().getSimpleName());
            }
            link = cause;
        }
        return String.join(": ", messages);
    }

    /** Jackson goes on with its source and the place in it; sentences that go on with a cause lose their stop. */
    private static String withoutEnding(String message) {
        int source = message.indexOf("\n at [Source");
        String text = (source < 0 ? message : message.substring(0, source)).strip();
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    static StringData oneLine(String reason) {
        // A reason may quote the record: cut first, so that the work does not grow with it.
        boolean isLong = reason.length() > MAX_REASON_CHARACTERS;
        String text = isLong ? reason.substring(0, MAX_REASON_CHARACTERS - 1) + '…' : reason;
        return StringData.fromString(text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip());
    }
}

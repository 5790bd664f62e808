package dev.weirhouse.server.demo;

import java.time.LocalDate;
import java.util.List;

/**
 * One line of the flights' file.
 *
 * @param departedAt local time at the origin, as the file writes it
 * @param delayMinutes negative when early
 */
record Flight(
        long flightId, String departedAt, int delayMinutes, int distanceMiles, String origin, String destination) {

    private static final int DATE_LENGTH = "yyyy-MM-dd".length();

    static Flight parse(String line) {
        List<String> fields = CsvLine.fields(line);
        if (fields.size() != 6) {
            throw new IllegalArgumentException("Not a flight: " + line);
        }
        return new Flight(
                Long.parseLong(fields.get(0)),
                fields.get(1),
                Integer.parseInt(fields.get(2)),
                Integer.parseInt(fields.get(3)),
                fields.get(4),
                fields.get(5));
    }

    /** The day of departure, {@code yyyy-MM-dd}. */
    String day() {
        return LocalDate.parse(departedAt.substring(0, DATE_LENGTH)).toString();
    }

    boolean isDelayed() {
        return delayMinutes >= 15;
    }

    /** The values in the order of the file, as text. */
    List<String> values() {
        return List.of(
                Long.toString(flightId),
                departedAt,
                Integer.toString(delayMinutes),
                Integer.toString(distanceMiles),
                origin,
                destination);
    }

    /** The line as the file has it. */
    String line() {
        return String.join(",", values());
    }
}

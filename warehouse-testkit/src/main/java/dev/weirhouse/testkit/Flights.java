package dev.weirhouse.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The sample data of the folder {@code data/} in the repository's root: two weeks of US domestic flights and the airports
 * they went between. Its origin is told in {@code data/README.md}.
 */
public final class Flights {

    /** How many flights there are. */
    public static final int COUNT = 228_738;

    /** How many airports there are. */
    public static final int AIRPORT_COUNT = 3_376;

    private static final String FLIGHTS = "flights-2001-01-01-14.csv.gz";
    private static final String AIRPORTS = "airports.csv";
    private static final DateTimeFormatter DEPARTURE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private Flights() {}

    /** One flight; {@code departedAt} is local time at the origin, a negative delay means early. */
    public record Flight(
            long flightId,
            LocalDateTime departedAt,
            int delayMinutes,
            int distanceMiles,
            String origin,
            String destination) {

        static Flight parse(String line) {
            List<String> fields = fields(line, 6);
            return new Flight(
                    Long.parseLong(fields.get(0)),
                    LocalDateTime.parse(fields.get(1), DEPARTURE),
                    Integer.parseInt(fields.get(2)),
                    Integer.parseInt(fields.get(3)),
                    fields.get(4),
                    fields.get(5));
        }
    }

    /** One airport, by its IATA code. */
    public record Airport(
            String iata, String name, String city, String state, String country, double latitude, double longitude) {

        static Airport parse(String line) {
            List<String> fields = fields(line, 7);
            return new Airport(
                    fields.get(0),
                    fields.get(1),
                    fields.get(2),
                    fields.get(3),
                    fields.get(4),
                    Double.parseDouble(fields.get(5)),
                    Double.parseDouble(fields.get(6)));
        }
    }

    /** The folder of the sample data: the nearest {@code data} at or above the working directory that holds it. */
    public static Path folder() {
        Path start = Path.of("").toAbsolutePath();
        for (Path above = start; above != null; above = above.getParent()) {
            Path data = above.resolve("data");
            if (Files.isRegularFile(data.resolve(FLIGHTS))) {
                return data;
            }
        }
        throw new IllegalStateException("No folder 'data' with " + FLIGHTS + " at or above " + start);
    }

    /** The file of the flights, gzipped CSV with a header line. */
    public static Path flightsFile() {
        return folder().resolve(FLIGHTS);
    }

    /** The file of the airports, CSV with a header line. */
    public static Path airportsFile() {
        return folder().resolve(AIRPORTS);
    }

    /** All flights in the order of their ids. The stream reads the file as it goes and wants to be closed. */
    public static Stream<Flight> flights() {
        return flightLines().map(Flight::parse);
    }

    /** All airports in the order of the file. */
    public static List<Airport> airports() {
        try (Stream<String> lines = lines(airportsFile())) {
            return lines.map(Airport::parse).toList();
        }
    }

    /**
     * Writes the first flights into CSV files without a header line, as an upstream would that delivers a file at a time.
     * Each file appears under its name at once, with all its lines.
     *
     * @param folder where to, made when it is missing
     * @param flights how many flights, from the first
     * @param files over how many files they are spread, evenly and in order
     * @return the files in order
     */
    public static List<Path> deliver(Path folder, int flights, int files) {
        if (flights < 1 || flights > COUNT || files < 1 || files > flights) {
            throw new IllegalArgumentException("cannot spread " + flights + " flights over " + files + " files");
        }
        List<String> lines;
        try (Stream<String> all = flightLines()) {
            lines = all.limit(flights).toList();
        }
        List<Path> delivered = new ArrayList<>(files);
        try {
            Files.createDirectories(folder);
            for (int file = 0; file < files; file++) {
                int from = (int) ((long) flights * file / files);
                int to = (int) ((long) flights * (file + 1) / files);
                String name = "flights-%05d.csv".formatted(file);
                // A name that begins with a dot is one that folder watchers pass over.
                Path unfinished = Files.write(folder.resolve("." + name), lines.subList(from, to));
                delivered.add(Files.move(unfinished, folder.resolve(name)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot deliver flights to " + folder, e);
        }
        return delivered;
    }

    /** The flights as lines of CSV, without the header. */
    static Stream<String> flightLines() {
        return lines(flightsFile());
    }

    private static Stream<String> lines(Path file) {
        InputStream stream = null;
        try {
            stream = Files.newInputStream(file);
            InputStream text = file.toString().endsWith(".gz") ? new GZIPInputStream(stream, 1 << 16) : stream;
            BufferedReader reader = new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8));
            return reader.lines().skip(1).onClose(() -> close(reader));
        } catch (IOException e) {
            close(stream);
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private static void close(AutoCloseable stream) {
        if (stream == null) {
            return;
        }
        try {
            stream.close();
        } catch (Exception e) {
            throw new IllegalStateException("Cannot close the sample data", e);
        }
    }

    /** Splits a line of CSV; a field may stand in double quotes, and a quote in it is doubled. */
    private static List<String> fields(String line, int count) {
        List<String> fields = new ArrayList<>(count);
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append(line.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        if (fields.size() != count) {
            throw new IllegalStateException("Expected " + count + " fields: " + line);
        }
        return fields;
    }
}

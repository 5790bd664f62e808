package dev.weirhouse.server.demo;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * The files of the folder {@code data}, read whole.
 *
 * @param flights in the order of their ids
 * @param airportLines as the file has them, without the header
 */
record SampleData(List<Flight> flights, List<String> airportLines) {

    private static final String FLIGHTS = "flights-2001-01-01-14.csv.gz";
    private static final String AIRPORTS = "airports.csv";

    SampleData {
        flights = List.copyOf(flights);
        airportLines = List.copyOf(airportLines);
    }

    /** An airport, as far as the demo's tables repeat it. */
    record Airport(String iata, String city, String state) {

        static Airport parse(String line) {
            List<String> fields = CsvLine.fields(line);
            return new Airport(fields.get(0), fields.get(2), fields.get(3));
        }
    }

    /**
     * Reads the first flights, and all airports.
     *
     * @throws WarehouseException FILE_UNREADABLE
     */
    static SampleData read(Path folder, int mostFlights) {
        return new SampleData(
                lines(folder.resolve(FLIGHTS), mostFlights).stream()
                        .map(Flight::parse)
                        .toList(),
                lines(folder.resolve(AIRPORTS), Integer.MAX_VALUE));
    }

    private static List<String> lines(Path file, int most) {
        try (var bytes = Files.newInputStream(file);
                var text = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
                var reader = new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8))) {
            return reader.lines().skip(1).limit(most).toList();
        } catch (IOException e) {
            throw new WarehouseException(
                    ServerError.FILE_UNREADABLE,
                    "The sample data " + file + " cannot be read: " + e + ". It is part of the installation.",
                    e);
        }
    }

    Map<String, Airport> airports() {
        return airportLines.stream().map(Airport::parse).collect(Collectors.toMap(Airport::iata, Function.identity()));
    }
}

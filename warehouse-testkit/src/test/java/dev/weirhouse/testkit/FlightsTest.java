package dev.weirhouse.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.testkit.Flights.Airport;
import dev.weirhouse.testkit.Flights.Flight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FlightsTest {

    @Test
    void readsEveryFlightInOrder() {
        long[] seen = {0};
        try (Stream<Flight> flights = Flights.flights()) {
            flights.forEach(flight -> {
                seen[0]++;
                assertThat(flight.flightId()).isEqualTo(seen[0]);
            });
        }
        assertThat(seen[0]).isEqualTo(Flights.COUNT);
    }

    @Test
    void readsAFlight() {
        try (Stream<Flight> flights = Flights.flights()) {
            assertThat(flights.findFirst())
                    .contains(new Flight(1, LocalDateTime.of(2001, 1, 1, 0, 1), -13, 2345, "ANC", "LAX"));
        }
    }

    @Test
    void readsAirportsWhoseNamesHoldCommasAndQuotes() {
        List<Airport> airports = Flights.airports();
        assertThat(airports).hasSize(Flights.AIRPORT_COUNT);
        assertThat(airports).extracting(Airport::name).contains("W. H. \"Bud\" Barron");
        assertThat(airports)
                .contains(new Airport(
                        "BTR",
                        "Baton Rouge Metropolitan, Ryan",
                        "Baton Rouge",
                        "LA",
                        "USA",
                        30.53316083,
                        -91.14963444));
    }

    @Test
    void deliversEachFlightOnce(@TempDir Path folder) throws IOException {
        Path inbox = folder.resolve("inbox");
        List<Path> files = Flights.deliver(inbox, 1_000, 7);
        assertThat(files).hasSize(7);
        List<String> delivered = new ArrayList<>();
        for (Path file : files) {
            delivered.addAll(Files.readAllLines(file));
        }
        try (Stream<String> lines = Flights.flightLines();
                Stream<Path> left = Files.list(inbox)) {
            assertThat(delivered).isEqualTo(lines.limit(1_000).toList());
            assertThat(left).containsExactlyInAnyOrderElementsOf(files);
        }
    }

    @Test
    void refusesToDeliverWhatThereIsNot(@TempDir Path folder) {
        assertThatThrownBy(() -> Flights.deliver(folder, 3, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Flights.deliver(folder, Flights.COUNT + 1, 4))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package dev.weirhouse.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The figures that the demo's answers are checked against, worked out here by hand. */
final class ReckoningTest {

    private static final SampleData DATA = new SampleData(
            List.of(
                    Flight.parse("1,2001-01-01 08:00:00,15,100,AAA,BBB"),
                    Flight.parse("2,2001-01-01 09:00:00,14,100,AAA,BBB"),
                    Flight.parse("3,2001-01-01 10:00:00,-30,100,AAA,BBB"),
                    Flight.parse("4,2001-01-01 11:00:00,40,200,BBB,AAA"),
                    Flight.parse("5,2001-01-02 08:00:00,-4,100,AAA,BBB"),
                    Flight.parse("6,2001-01-02 09:00:00,-1,300,AAA,CCC")),
            List.of("AAA,\"First, \"\"Main\"\"\",Town A,TX,USA,1.0,2.0", "BBB,Second,Town B,CA,USA,3.0,4.0"));

    private static final Reckoning ALL = new Reckoning(DATA.flights(), DATA.airports());

    @Test
    void routesAreCountedByDay() {
        assertThat(ALL.routeDelay())
                .containsExactly(
                        List.of("2001-01-01", "AAA", "BBB", "3", "0.3333", "-0.33", "15"),
                        List.of("2001-01-01", "BBB", "AAA", "1", "1.0000", "40.00", "40"),
                        List.of("2001-01-02", "AAA", "BBB", "1", "0.0000", "-4.00", "-4"),
                        List.of("2001-01-02", "AAA", "CCC", "1", "0.0000", "-1.00", "-1"));
    }

    @Test
    void halvesAreRoundedAwayFromZeroAsSqlDoes() {
        List<Flight> flights = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            flights.add(new Flight(i, "2001-01-01 08:00:00", i == 1 ? -1 : 0, 100, "AAA", "BBB"));
        }
        assertThat(new Reckoning(flights, DATA.airports()).routeDelay().get(0).get(5))
                .isEqualTo("-0.01");
    }

    @Test
    void theWorstRoutesHaveEnoughFlightsAndKnownCities() {
        assertThat(ALL.worstRoutes(1, 3))
                .containsExactly(
                        List.of("Town B", "Town A", "BBB", "AAA", "1", "40.00"),
                        List.of("Town A", "NULL", "AAA", "CCC", "1", "-1.00"),
                        List.of("Town A", "Town B", "AAA", "BBB", "4", "-1.25"));
        assertThat(ALL.worstRoutes(2, 3)).extracting(row -> row.get(4)).containsExactly("4");
    }

    @Test
    void anAirportSeesBothEndsOfItsFlights() {
        assertThat(ALL.airportDaily())
                .containsExactly(
                        List.of("AAA", "3", "1", "1", "14.5", "2001-01-01"),
                        List.of("AAA", "2", "0", "2", "-2.5", "2001-01-02"),
                        List.of("BBB", "1", "3", "1", "14.5", "2001-01-01"),
                        List.of("BBB", "0", "1", "1", "-4.0", "2001-01-02"),
                        List.of("CCC", "0", "1", "1", "-1.0", "2001-01-02"));
    }

    @Test
    void statesAreThoseOfTheOrigin() {
        assertThat(ALL.states()).containsExactly(List.of("CA", "1", "40"), List.of("TX", "5", "-6"));
    }

    @Test
    void aFlightTwiceIsSeenInTheIdentity() {
        assertThat(ALL.identity()).containsExactly("6", "6", "1", "6");
        List<Flight> twice = new ArrayList<>(DATA.flights());
        twice.add(DATA.flights().get(0));
        assertThat(new Reckoning(twice, DATA.airports()).identity()).containsExactly("7", "6", "1", "6");
    }

    @Test
    void someFlightsAlone() {
        assertThat(ALL.of(Set.of(4L, 99L)).identity()).containsExactly("1", "1", "4", "4");
    }

    @Test
    void aLineIsReadAndWrittenAlike() {
        String line = "1,2001-01-01 08:00:00,-15,100,AAA,BBB";
        assertThat(Flight.parse(line).line()).isEqualTo(line);
        assertThatThrownBy(() -> Flight.parse("1,2001-01-01 08:00:00,-15")).hasMessageContaining("Not a flight");
        Malformed.ALL.forEach(malformed -> assertThatThrownBy(() -> {
                    Flight flight = Flight.parse(malformed);
                    LocalDate.parse(flight.day());
                })
                .as(malformed)
                .isInstanceOf(RuntimeException.class));
    }
}

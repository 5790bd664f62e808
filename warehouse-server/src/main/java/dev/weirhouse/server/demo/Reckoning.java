package dev.weirhouse.server.demo;

import dev.weirhouse.server.demo.SampleData.Airport;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the demo's tables must hold when these flights have arrived, worked out by other means than the warehouse's. Rows
 * are texts in the order of a table's columns, as SQL prints them.
 */
final class Reckoning {

    private final List<Flight> flights;
    private final Map<String, Airport> airports;

    Reckoning(List<Flight> flights, Map<String, Airport> airports) {
        this.flights = List.copyOf(flights);
        this.airports = Map.copyOf(airports);
    }

    /** The same for those of the flights that have one of these ids. */
    Reckoning of(Set<Long> flightIds) {
        return new Reckoning(
                flights.stream()
                        .filter(flight -> flightIds.contains(flight.flightId()))
                        .toList(),
                airports);
    }

    long count() {
        return flights.size();
    }

    /** Count, distinct ids, lowest and highest id. */
    List<String> identity() {
        var ids = flights.stream().mapToLong(Flight::flightId).summaryStatistics();
        long distinct = flights.stream().mapToLong(Flight::flightId).distinct().count();
        return texts(ids.getCount(), distinct, ids.getMin(), ids.getMax());
    }

    /** The rows of {@code dws.route_delay}. */
    List<List<String>> routeDelay() {
        return grouped(
                flight -> List.of(flight.day(), flight.origin(), flight.destination()),
                (key, group) -> append(
                        key,
                        group.size(),
                        share(group.stream().filter(Flight::isDelayed).count(), group.size()),
                        mean(group),
                        group.stream().mapToInt(Flight::delayMinutes).max().orElseThrow()));
    }

    /** What worst-routes.sql answers. */
    List<List<String>> worstRoutes() {
        return worstRoutes(DemoSql.WORST_ROUTES_FEWEST_FLIGHTS, DemoSql.WORST_ROUTES_LIMIT);
    }

    /** The routes with the highest mean delay: cities, airports, flights, mean delay. */
    List<List<String>> worstRoutes(int fewestFlights, int limit) {
        record Route(List<String> airports, int flights, BigDecimal meanDelay) {}
        return group(flight -> List.of(flight.origin(), flight.destination())).entrySet().stream()
                .filter(route -> route.getValue().size() >= fewestFlights)
                .map(route -> new Route(route.getKey(), route.getValue().size(), mean(route.getValue())))
                // The routes come in the order of their airports, and the sort keeps it among equals.
                .sorted(Comparator.comparing(Route::meanDelay).reversed())
                .limit(limit)
                .map(route -> append(
                        List.of(
                                city(route.airports().get(0)),
                                city(route.airports().get(1)),
                                route.airports().get(0),
                                route.airports().get(1)),
                        route.flights(),
                        route.meanDelay()))
                .toList();
    }

    /** Flights and minutes of delay for each state that they leave from; NULL where the airport is not known. */
    List<List<String>> states() {
        return grouped(
                flight -> List.of(state(flight.origin())),
                (key, group) -> append(
                        key,
                        group.size(),
                        group.stream().mapToLong(Flight::delayMinutes).sum()));
    }

    /** The rows of {@code dws.airport_daily}, its partition last. */
    List<List<String>> airportDaily() {
        Map<List<String>, Visits> visits = new TreeMap<>(Answer.BY_TEXT);
        for (Flight flight : flights) {
            visits.computeIfAbsent(List.of(flight.origin(), flight.day()), key -> new Visits())
                    .departure(flight);
            visits.computeIfAbsent(List.of(flight.destination(), flight.day()), key -> new Visits())
                    .arrival(flight);
        }
        return visits.entrySet().stream()
                .map(entry -> entry.getValue()
                        .row(entry.getKey().get(0), entry.getKey().get(1)))
                .toList();
    }

    /** What an airport sees in a day. */
    private static final class Visits {
        private long departures;
        private long arrivals;
        private final Set<String> connections = new HashSet<>();
        private final List<Integer> delays = new ArrayList<>();

        void departure(Flight flight) {
            departures++;
            connections.add(flight.destination());
            delays.add(flight.delayMinutes());
        }

        void arrival(Flight flight) {
            arrivals++;
            connections.add(flight.origin());
            delays.add(flight.delayMinutes());
        }

        List<String> row(String airport, String day) {
            return texts(airport, departures, arrivals, connections.size(), median(), day);
        }

        private BigDecimal median() {
            List<Integer> sorted = delays.stream().sorted().toList();
            int low = sorted.get((sorted.size() - 1) / 2);
            int high = sorted.get(sorted.size() / 2);
            return BigDecimal.valueOf(low + (long) high).divide(BigDecimal.valueOf(2), 1, RoundingMode.UNNECESSARY);
        }
    }

    private interface Key {
        List<String> of(Flight flight);
    }

    private interface Row {
        List<String> of(List<String> key, List<Flight> group);
    }

    private Map<List<String>, List<Flight>> group(Key key) {
        return flights.stream()
                .collect(Collectors.groupingBy(key::of, () -> new TreeMap<>(Answer.BY_TEXT), Collectors.toList()));
    }

    private List<List<String>> grouped(Key key, Row row) {
        return group(key).entrySet().stream()
                .map(entry -> row.of(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static BigDecimal share(long part, long whole) {
        return BigDecimal.valueOf(part).divide(BigDecimal.valueOf(whole), 4, RoundingMode.HALF_UP);
    }

    private static BigDecimal mean(List<Flight> group) {
        long minutes = group.stream().mapToLong(Flight::delayMinutes).sum();
        return BigDecimal.valueOf(minutes).divide(BigDecimal.valueOf(group.size()), 2, RoundingMode.HALF_UP);
    }

    private String city(String iata) {
        Airport airport = airports.get(iata);
        return airport == null ? Answer.NULL : airport.city();
    }

    private String state(String iata) {
        Airport airport = airports.get(iata);
        return airport == null ? Answer.NULL : airport.state();
    }

    private static List<String> append(List<String> key, Object... values) {
        return Stream.concat(key.stream(), texts(values).stream()).toList();
    }

    private static List<String> texts(Object... values) {
        return Arrays.stream(values)
                .map(value -> value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString())
                .toList();
    }
}

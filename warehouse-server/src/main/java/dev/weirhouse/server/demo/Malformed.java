package dev.weirhouse.server.demo;

import java.util.List;
import java.util.stream.Stream;

/** Lines that the upstream puts among the flights and that are none. */
final class Malformed {

    static final List<String> FIRST =
            List.of("900000001,2001-01-03 10:00:00,soon,612,ATL,JFK", "900000002,3rd of January,4,612,ATL,JFK");

    static final List<String> REST = List.of(
            "not a number,2001-01-12 10:00:00,4,612,ATL,JFK",
            "900000004,2001-01-12 10:00:00,4",
            "900000005,2001-01-12 10:00:00,99999999999,612,ATL,JFK");

    static final List<String> ALL = Stream.concat(FIRST.stream(), REST.stream()).toList();

    private Malformed() {}
}

package dev.weirhouse.server.bench;

import dev.weirhouse.server.bench.Clients.Opening;
import dev.weirhouse.server.bench.Clients.Round;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Ways to ask that take turns, round for round, so that what disturbs the machine disturbs all of them. Each is used by all
 * clients for a while before it is measured.
 *
 * @param ways in the order of their turns
 * @param flinks those that are Flink's, which have fewer rounds
 * @param keys clients ask for numbers from 1 to this
 * @param seed of the chance by which they do
 * @param warmUp how long a way is used before it is measured
 */
record Turns(Map<String, Opening> ways, Set<String> flinks, int clients, long keys, long seed, Duration warmUp) {

    /** What each way's rounds showed; a way that is not wanted is missing. */
    Map<String, List<Round>> take(BenchOptions options) throws Exception {
        Map<String, Clients> opened = new LinkedHashMap<>();
        Map<String, List<Round>> rounds = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, Opening> way : ways.entrySet()) {
                String name = way.getKey();
                if (options.wants(name, ways.keySet()) && runs(name, options) > 0) {
                    opened.put(name, new Clients(clients, keys, seed, way.getValue()));
                    rounds.put(name, new ArrayList<>());
                    opened.get(name).ask(warmUp);
                }
            }
            for (int run = 0; run < Math.max(options.runs(), options.flinkRuns()); run++) {
                for (Map.Entry<String, Clients> way : opened.entrySet()) {
                    if (run < runs(way.getKey(), options)) {
                        rounds.get(way.getKey()).add(way.getValue().ask(options.duration()));
                    }
                }
            }
        } finally {
            for (Clients each : opened.values()) {
                each.close();
            }
        }
        return rounds;
    }

    private int runs(String way, BenchOptions options) {
        return flinks.contains(way) ? options.flinkRuns() : options.runs();
    }

    /** How many answers a way gave a second. */
    static Figure rate(String way, List<Round> rounds) {
        return Figure.of(
                way + " answers",
                "1/s",
                new Runs(rounds.stream().map(Round::perSecond).toList()));
    }

    /** How long a way's answers took: half of them, and all but one of a hundred. */
    static void latencies(String way, List<Round> rounds, Report report) {
        for (int percent : List.of(50, 99)) {
            report.add(Figure.of(
                    way + " p" + percent,
                    "ms",
                    new Runs(rounds.stream()
                            .map(round -> round.millis().percentile(percent))
                            .toList())));
        }
    }
}

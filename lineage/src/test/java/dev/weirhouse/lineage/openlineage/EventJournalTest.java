package dev.weirhouse.lineage.openlineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.lineage.openlineage.EventJournal.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is added is read by every receiver, in order, whatever dies in between. */
final class EventJournalTest {

    private static final long ROOMY = 1 << 20;

    @TempDir
    private Path folder;

    private EventJournal open(long bound, String... receivers) throws IOException {
        return EventJournal.open(folder, bound, List.of(receivers));
    }

    private static List<String> take(EventJournal journal, String receiver, int most) throws IOException {
        List<Waiting> next = journal.next(receiver, most);
        if (!next.isEmpty()) {
            journal.taken(receiver, next.get(next.size() - 1).after());
        }
        return next.stream().map(Waiting::event).toList();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void eachReceiverHasItsOwnPlace() throws IOException {
        EventJournal journal = open(ROOMY, "a", "b");
        journal.add(List.of("1", "2", "3"));
        assertThat(take(journal, "a", 2)).containsExactly("1", "2");
        assertThat(take(journal, "b", 9)).containsExactly("1", "2", "3");
        journal.close();

        EventJournal again = open(ROOMY, "a", "b");
        again.add(List.of("4"));
        assertThat(take(again, "a", 9)).as("a file at a time").containsExactly("3");
        assertThat(take(again, "a", 9)).containsExactly("4");
        assertThat(take(again, "b", 9)).containsExactly("4");
        assertThat(again.waiting("a")).isZero();
        again.close();
        EventJournal empty = open(ROOMY, "a", "b");
        assertThat(files()).as("what all have taken").isEmpty();
        assertThat(take(empty, "a", 9)).isEmpty();
        empty.close();
    }

    @Test
    void whatWasTakenAndNotMarkedIsTakenAgain() throws IOException {
        EventJournal journal = open(ROOMY, "a");
        journal.add(List.of("1", "2"));
        assertThat(journal.next("a", 9)).hasSize(2);
        EventJournal afterDeath = open(ROOMY, "a");
        assertThat(take(afterDeath, "a", 9)).containsExactly("1", "2");
        afterDeath.close();
        journal.close();
    }

    @Test
    void aTornLineIsNoEvent() throws IOException {
        try (EventJournal journal = open(ROOMY, "a")) {
            journal.add(List.of("1", "2"));
        }
        Files.writeString(files().get(0), "{\"torn\": \"ä", StandardOpenOption.APPEND);
        EventJournal after = open(ROOMY, "a");
        after.add(List.of("3"));
        assertThat(take(after, "a", 9)).containsExactly("1", "2");
        assertThat(take(after, "a", 9)).containsExactly("3");
        after.close();
        assertThat(files())
                .as("the torn file goes, the one that is written stays")
                .hasSize(1);
    }

    @Test
    void theOldestAreDroppedAndCountedForThoseWhoHaveNotTakenThem() throws IOException {
        long bound = 8_000;
        EventJournal journal = open(bound, "slow", "quick");
        int added = 0;
        List<String> quick = new ArrayList<>();
        for (int round = 0; round < 300; round++) {
            List<String> events = IntStream.range(added, added + 7)
                    .mapToObj(each -> "event " + each)
                    .toList();
            journal.add(events);
            added += events.size();
            List<String> some = take(journal, "quick", 100);
            while (!some.isEmpty()) {
                quick.addAll(some);
                some = take(journal, "quick", 100);
            }
            for (Path file : files()) {
                assertThat(Files.size(file)).isLessThanOrEqualTo(bound);
            }
        }
        List<String> slow = new ArrayList<>();
        List<String> some = take(journal, "slow", 10);
        while (!some.isEmpty()) {
            slow.addAll(some);
            some = take(journal, "slow", 10);
        }
        List<String> all =
                IntStream.range(0, added).mapToObj(each -> "event " + each).toList();
        assertThat(quick).isEqualTo(all);
        assertThat(journal.dropped("quick")).isZero();
        assertThat(journal.dropped("slow")).isPositive();
        assertThat(slow).isEqualTo(all.subList((int) journal.dropped("slow"), added));
        journal.close();
    }

    @Test
    void nothingIsLostAndNothingOutOfOrderUnderDeathsAtAnyMoment() throws IOException {
        for (long seed = 1; seed <= 30; seed++) {
            dieAtRandom(seed);
        }
    }

    private void dieAtRandom(long seed) throws IOException {
        Random random = new Random(seed);
        Path own = Files.createDirectory(folder.resolve("seed-" + seed));
        List<String> receivers = List.of("a", "b");
        int added = 0;
        List<List<Integer>> got = List.of(new ArrayList<>(), new ArrayList<>());
        EventJournal journal = EventJournal.open(own, ROOMY, receivers);
        for (int step = 0; step < 200; step++) {
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    int from = added;
                    added += 1 + random.nextInt(5);
                    journal.add(IntStream.range(from, added)
                            .mapToObj(Integer::toString)
                            .toList());
                }
                case 2, 3 -> {
                    int receiver = random.nextInt(2);
                    List<Waiting> next = journal.next(receivers.get(receiver), 1 + random.nextInt(6));
                    next.forEach(each -> got.get(receiver).add(Integer.parseInt(each.event())));
                    if (!next.isEmpty() && random.nextBoolean()) {
                        journal.taken(
                                receivers.get(receiver),
                                next.get(next.size() - 1).after());
                    } else if (!next.isEmpty()) {
                        // The process dies after sending, before it marks that.
                        journal = reopen(journal, own, receivers, random);
                    }
                }
                default -> journal = reopen(journal, own, receivers, random);
            }
        }
        for (int receiver = 0; receiver < 2; receiver++) {
            List<String> rest = take(journal, receivers.get(receiver), 1000);
            while (!rest.isEmpty()) {
                for (String each : rest) {
                    got.get(receiver).add(Integer.parseInt(each));
                }
                rest = take(journal, receivers.get(receiver), 1000);
            }
            List<Integer> firsts = got.get(receiver).stream().distinct().toList();
            assertThat(firsts)
                    .as("seed %d receiver %d", seed, receiver)
                    .isEqualTo(IntStream.range(0, added).boxed().toList());
        }
        journal.close();
    }

    /** As after a death: a part of a line may be there that nobody was told of. */
    private static EventJournal reopen(EventJournal journal, Path own, List<String> receivers, Random random)
            throws IOException {
        journal.close();
        try (Stream<Path> files = Files.list(own)) {
            List<Path> sorted = files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
            if (!sorted.isEmpty() && random.nextBoolean()) {
                Files.writeString(sorted.get(sorted.size() - 1), "99", StandardOpenOption.APPEND);
            }
        }
        return EventJournal.open(own, ROOMY, receivers);
    }
}

package dev.weirhouse.olap.fuzz;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Choices out of a seed. */
record Draw(Random random) {

    Draw {
        requireNonNull(random, "random is null");
    }

    /** A number from 0, smaller than the bound. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** True once in so many times. */
    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** That many of them, or all where there are fewer, in any order. */
    <T> List<T> some(List<T> from, int count) {
        List<T> shuffled = new ArrayList<>(from);
        Collections.shuffle(shuffled, random);
        return List.copyOf(shuffled.subList(0, Math.min(count, shuffled.size())));
    }

    /**
     * That many, in any order: each once before one comes again.
     *
     * @throws IllegalArgumentException when there are none to draw from
     */
    <T> List<T> each(List<T> from, int count) {
        if (from.isEmpty()) {
            throw new IllegalArgumentException("nothing to draw from");
        }
        List<T> all = new ArrayList<>();
        while (all.size() < count) {
            all.addAll(some(from, count - all.size()));
        }
        return all;
    }
}

package dev.weirhouse.testkit.fault;

import static java.util.Objects.requireNonNull;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.EnumSet;
import java.util.Set;

/**
 * A rule by which file operations fail: which operations, on which paths, at which of them, and whether before or after
 * their effect. Without further words it strikes at every one, before its effect.
 *
 * <pre>{@code
 * FileFault.on(FileOperation.RENAME).matching("**snapshot-*").atCall(2).afterEffect()
 * FileFault.on(FileOperation.CREATE, FileOperation.WRITE).withProbability(0.05).atMost(3)
 * }</pre>
 *
 * @param operations what may fail
 * @param glob the absolute paths that it concerns, as {@link java.nio.file.FileSystem#getPathMatcher} knows globs; a
 *     rename concerns both its paths
 * @param threads how the names of the threads begin that it concerns; empty for all
 * @param trigger at which of the calls that it concerns it strikes
 * @param limit how often it strikes at most
 * @param moment whether it strikes before or after the effect
 */
public record FileFault(
        Set<FileOperation> operations, String glob, String threads, Trigger trigger, int limit, Moment moment) {

    public FileFault {
        operations = Set.copyOf(operations);
        requireNonNull(glob, "glob is null");
        requireNonNull(threads, "threads is null");
        requireNonNull(trigger, "trigger is null");
        requireNonNull(moment, "moment is null");
        if (operations.isEmpty()) {
            throw new IllegalArgumentException("a fault concerns at least one operation");
        }
        if (limit < 1) {
            throw new IllegalArgumentException("a fault strikes at least once: " + limit);
        }
    }

    /** When a fault strikes, as seen from the operation's effect. */
    public enum Moment {
        /** The operation has no effect. */
        BEFORE_EFFECT,
        /** The operation has its whole effect and the caller does not get to know: a lost acknowledgement. */
        AFTER_EFFECT
    }

    /** Which of the calls that a fault concerns it strikes. */
    public sealed interface Trigger {

        /** One call, counted from 1 since the fault was set. */
        record AtCall(int number) implements Trigger {
            public AtCall {
                if (number < 1) {
                    throw new IllegalArgumentException("calls count from 1: " + number);
                }
            }
        }

        /** Each call, with a probability, drawn from the file system's seed. */
        record WithProbability(double probability) implements Trigger {
            public WithProbability {
                if (!(probability > 0 && probability <= 1)) {
                    throw new IllegalArgumentException("a probability lies above 0, up to 1: " + probability);
                }
            }
        }
    }

    public static FileFault on(FileOperation first, FileOperation... more) {
        return new FileFault(
                EnumSet.of(first, more),
                "**",
                "",
                new Trigger.WithProbability(1),
                Integer.MAX_VALUE,
                Moment.BEFORE_EFFECT);
    }

    public FileFault matching(String otherGlob) {
        return new FileFault(operations, otherGlob, threads, trigger, limit, moment);
    }

    /** Strikes only what threads do whose names begin so. */
    public FileFault inThreads(String prefix) {
        return new FileFault(operations, glob, prefix, trigger, limit, moment);
    }

    /** Strikes at one call alone, counted from 1. */
    public FileFault atCall(int number) {
        return new FileFault(operations, glob, threads, new Trigger.AtCall(number), limit, moment);
    }

    public FileFault withProbability(double probability) {
        return new FileFault(operations, glob, threads, new Trigger.WithProbability(probability), limit, moment);
    }

    public FileFault atMost(int times) {
        return new FileFault(operations, glob, threads, trigger, times, moment);
    }

    public FileFault afterEffect() {
        return new FileFault(operations, glob, threads, trigger, limit, Moment.AFTER_EFFECT);
    }

    PathMatcher matcher() {
        return FileSystems.getDefault().getPathMatcher("glob:" + glob);
    }

    /** Whether the fault concerns an operation on any of these paths. */
    boolean concerns(FileOperation operation, PathMatcher matcher, Path... paths) {
        if (!operations.contains(operation) || !Thread.currentThread().getName().startsWith(threads)) {
            return false;
        }
        for (Path path : paths) {
            if (matcher.matches(path)) {
                return true;
            }
        }
        return false;
    }
}

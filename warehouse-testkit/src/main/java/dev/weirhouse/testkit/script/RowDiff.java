package dev.weirhouse.testkit.script;

import java.util.ArrayList;
import java.util.List;

/** The difference of two lists of rows, as a unified diff without numbers. */
final class RowDiff {

    /** Above this many rows on a side that differ, the two sides are shown one after the other. */
    static final int MAX_COMPARED = 1_000;

    /** The most lines shown. */
    static final int MAX_SHOWN = 100;

    private static final int CONTEXT = 2;

    private RowDiff() {}

    static String of(List<String> expected, List<String> actual) {
        int shortest = Math.min(expected.size(), actual.size());
        int head = 0;
        while (head < shortest && expected.get(head).equals(actual.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shortest - head
                && expected.get(expected.size() - 1 - tail).equals(actual.get(actual.size() - 1 - tail))) {
            tail++;
        }
        List<String> shown = new ArrayList<>();
        if (head > CONTEXT) {
            shown.add("  … " + (head - CONTEXT) + " rows alike");
        }
        expected.subList(Math.max(0, head - CONTEXT), head).forEach(row -> shown.add("  " + row));
        compare(expected.subList(head, expected.size() - tail), actual.subList(head, actual.size() - tail), shown);
        List<String> after = expected.subList(expected.size() - tail, expected.size());
        after.subList(0, Math.min(CONTEXT, tail)).forEach(row -> shown.add("  " + row));
        if (tail > CONTEXT) {
            shown.add("  … " + (tail - CONTEXT) + " rows alike");
        }
        if (shown.size() > MAX_SHOWN) {
            int more = shown.size() - MAX_SHOWN;
            shown.subList(MAX_SHOWN, shown.size()).clear();
            shown.add("  … " + more + " lines more");
        }
        return String.join("\n", shown);
    }

    private static void compare(List<String> expected, List<String> actual, List<String> shown) {
        if (expected.size() > MAX_COMPARED || actual.size() > MAX_COMPARED) {
            // One after the other, each bounded so that both are seen.
            show("- ", expected, shown);
            show("+ ", actual, shown);
            return;
        }
        int[][] common = longestCommon(expected, actual);
        int i = 0;
        int j = 0;
        while (i < expected.size() || j < actual.size()) {
            if (i < expected.size() && j < actual.size() && expected.get(i).equals(actual.get(j))) {
                shown.add("  " + expected.get(i++));
                j++;
            } else if (j == actual.size() || (i < expected.size() && common[i + 1][j] >= common[i][j + 1])) {
                shown.add("- " + expected.get(i++));
            } else {
                shown.add("+ " + actual.get(j++));
            }
        }
    }

    private static void show(String mark, List<String> rows, List<String> shown) {
        int bound = MAX_SHOWN / 2 - CONTEXT * 2;
        rows.stream().limit(bound).forEach(row -> shown.add(mark + row));
        if (rows.size() > bound) {
            shown.add(mark + "… " + (rows.size() - bound) + " rows more");
        }
    }

    /** The length of the longest common subsequence of each pair of tails. */
    private static int[][] longestCommon(List<String> expected, List<String> actual) {
        int[][] common = new int[expected.size() + 1][actual.size() + 1];
        for (int i = expected.size() - 1; i >= 0; i--) {
            for (int j = actual.size() - 1; j >= 0; j--) {
                common[i][j] = expected.get(i).equals(actual.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }
}

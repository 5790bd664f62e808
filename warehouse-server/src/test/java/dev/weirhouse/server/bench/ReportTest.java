package dev.weirhouse.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReportTest {

    private final StringWriter told = new StringWriter();
    private final Report report = new Report(new PrintWriter(told, true));

    @Test
    void aFigureIsComparedByMedians() throws Exception {
        Figure flink = report.add(Figure.of("q01 flink", "s", new Runs(List.of(10.0, 30.0, 20.0))));
        report.add(
                Figure.of("q01 native", "s", new Runs(List.of(2.0, 1.0, 9.0))).against(flink));
        report.sum();
        assertThat(told.toString())
                .contains("| q01 flink  | s    | 3    | 10.0    | 20.0   | 30.0    |        |           |")
                .contains("| q01 native | s    | 3    | 1.00    | 2.00   | 9.00    | 0.1000 | q01 flink |");
        assertThat(report.json().toString())
                .isEqualTo("[{\"name\":\"q01 flink\",\"value\":20.0,\"unit\":\"s\",\"baseline\":null,\"ratio\":null,"
                        + "\"runs\":[10.0,30.0,20.0]},{\"name\":\"q01 native\",\"value\":2.0,\"unit\":\"s\","
                        + "\"baseline\":\"q01 flink\",\"ratio\":0.1,\"runs\":[2.0,1.0,9.0]}]");
    }

    @Test
    void whatIsCountedDifferentlyIsNotCompared() {
        Figure rate = Figure.of("rate", "1/s", new Runs(List.of(1.0)));
        Figure time = Figure.of("time", "ms", new Runs(List.of(1.0)));
        assertThatThrownBy(() -> time.against(rate)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nothingHasNoRatio() {
        Figure none = Figure.of("none", "1/s", new Runs(List.of(0.0)));
        assertThat(Figure.of("some", "1/s", new Runs(List.of(5.0)))
                        .against(none)
                        .ratio())
                .isEmpty();
    }

    @Test
    void goalsAndChecksAreTold() {
        report.atMost("time", 1.2, 1.3);
        report.atLeast("rate", 999, 1000);
        report.check(true, "one");
        assertThat(report.everyCheckHeld()).isTrue();
        report.check(false, "two is %d", 3);
        assertThat(report.everyCheckHeld()).isFalse();
        report.sum();
        assertThat(told.toString())
                .contains("[reached] time: 1.20, goal at most 1.30")
                .contains("[short] rate: 999, goal at least 1,000")
                .contains("1 of 2 checks of answers held.")
                .contains("[FAIL] two is 3");
    }
}

package dev.weirhouse.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A walk as the API gives it, in which what is not known is missing. */
final class LineageDrawingTest {

    private static final String UP =
            """
            {"start": {"dataset": "dws.r", "column": "mean"}, "direction": "up", "whole": true, "edges": [
              {"source": {"dataset": "dwd.f", "column": "delay"}, "target": {"dataset": "dws.r", "column": "mean"},
               "depth": 1, "dependence": "AGGREGATION", "direct": true, "derivation": "d1"},
              {"source": {"dataset": "dwd.f", "column": "day"}, "target": {"dataset": "dws.r"},
               "depth": 1, "dependence": "GROUP", "direct": false, "derivation": "d1"},
              {"source": {"dataset": "ods.f"}, "target": {"dataset": "dwd.f", "column": "delay"},
               "depth": 2, "direct": true, "reason": "a reason", "derivation": "d2"}],
             "runs": {
              "d1": {"runId": "1", "lane": "STREAM", "user": "ann", "job": "routes", "revision": 2, "statement": ""},
              "d2": {"runId": "2", "lane": "BATCH", "user": "ben", "statement": ""}}}
            """;

    @Test
    void aTreeTellsHowAndByWhom() throws Exception {
        assertThat(LineageDrawing.tree(ApiClient.JSON.readTree(UP)))
                .containsExactly(
                        "dws.r.mean",
                        "├─ dwd.f.delay  aggregation  [stream job routes revision 2]",
                        "│  └─ ods.f  a reason  [batch by ben]",
                        "└─ dwd.f.day  rows: group  [stream job routes revision 2]");
    }

    @Test
    void aGraphIsGraphvizs() throws Exception {
        assertThat(LineageDrawing.dot(ApiClient.JSON.readTree(UP)))
                .contains(
                        "  \"dwd.f.delay\" -> \"dws.r.mean\" [label=\"aggregation\"];",
                        "  \"dwd.f.day\" -> \"dws.r\" [label=\"group\", style=dashed];",
                        "  \"ods.f\" -> \"dwd.f.delay\";");
    }

    @Test
    void answersAreOneWhoeverGaveThemAndWhatNoRunIsKeptOfSaysSo() throws Exception {
        String down =
                """
                {"start": {"dataset": "a.b", "column": "c"}, "direction": "down", "whole": true, "edges": [
                  {"source": {"dataset": "a.b", "column": "c"}, "target": {"dataset": "answer:0a1b", "column": "x"},
                   "depth": 1, "dependence": "IDENTITY", "direct": true, "derivation": "0a1b"},
                  {"source": {"dataset": "a.b"}, "target": {"dataset": "answer:foreign-00ff"},
                   "depth": 1, "direct": true, "derivation": "foreign-00ff"}],
                 "runs": {"0a1b": {"runId": "1", "lane": "OLAP", "user": "ann", "statement": ""}}}
                """;
        assertThat(LineageDrawing.tree(ApiClient.JSON.readTree(down)))
                .contains("└─ answers.x  identity  [olap by ann]");
        String table = down.replace(
                "{\"dataset\": \"a.b\", \"column\": \"c\"}, \"direction\"", "{\"dataset\": \"a.b\"}, \"direction\"");
        assertThat(LineageDrawing.tree(ApiClient.JSON.readTree(table)))
                .containsExactly("a.b", "└─ answers  [by no run that is kept]");
    }

    @Test
    void nothingIsToldAsNothing() throws Exception {
        assertThat(
                        LineageDrawing.tree(
                                ApiClient.JSON.readTree(
                                        "{\"start\": {\"dataset\": \"a.b\"}, \"direction\": \"down\", \"whole\": true, \"edges\": [], \"runs\": {}}")))
                .containsExactly("a.b", "nothing is known to derive from it");
    }
}

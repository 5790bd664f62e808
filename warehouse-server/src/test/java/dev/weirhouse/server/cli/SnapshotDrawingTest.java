package dev.weirhouse.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Edges as the API gives them, in which what is not known is missing. */
final class SnapshotDrawingTest {

    private static final String EDGES =
            """
            {"direction": "up", "whole": true, "edges": [
             {"direction": "OUT", "version": "dws.r", "snapshot": 9, "runId": "1", "job": "routes", "checkpoint": 4,
              "exactness": "exact", "restsOn": [1, 2, 3]},
             {"direction": "IN", "version": "dwd.f", "snapshot": 7, "runId": "1", "job": "routes", "checkpoint": 4,
              "exactness": "lower bound", "reason": "a reason", "restsOn": [4]},
             {"direction": "IN", "version": "kafka://b/t", "position": "{\\"t\\":{\\"0\\":5}}", "runId": "1",
              "job": "routes", "checkpoint": 4, "exactness": "exact"},
             {"direction": "IN", "version": "dim.a", "runId": "1", "job": "routes", "checkpoint": 4,
              "exactness": "unknown", "reason": "another"},
             {"direction": "OUT", "version": "dwd.f", "snapshot": 6, "runId": "2", "exactness": "exact", "restsOn": [5]},
             {"direction": "IN", "version": "ods.f", "snapshot": 3, "runId": "2", "exactness": "exact", "restsOn": [6]},
             {"direction": "OUT", "version": "ods.f", "snapshot": 3, "runId": "", "exactness": "unknown",
              "reason": "nobody"}]}
            """;

    private static List<String> tree(String answer) throws Exception {
        return SnapshotDrawing.tree(ApiClient.JSON.readTree(answer));
    }

    @Test
    void aTreeTellsWhatEachSnapshotRestsOnAndHowSureThatIs() throws Exception {
        assertThat(tree(EDGES))
                .containsExactly(
                        "dws.r@9  exact  [job routes, checkpoint 4]",
                        "├─ dwd.f@7  lower bound: a reason  [run 2]",
                        "│  └─ ods.f@3  exact  [nobody]",
                        "├─ kafka://b/t {\"t\":{\"0\":5}}  exact",
                        "└─ dim.a  unknown: another");
    }

    @Test
    void whatWasNotLookedForIsNamedNoWriter() throws Exception {
        String bound =
                """
                {"direction": "up", "whole": true, "edges": [
                 {"direction": "OUT", "version": "c.c", "snapshot": 1, "runId": "3", "exactness": "exact", "restsOn": [1, 2]},
                 {"direction": "IN", "version": "a.a", "snapshot": 1, "runId": "3", "exactness": "exact", "restsOn": [3]},
                 {"direction": "IN", "version": "b.b", "snapshot": 1, "runId": "3", "exactness": "exact", "restsOn": [4]},
                 {"direction": "OUT", "version": "a.a", "snapshot": 1, "runId": "1", "exactness": "exact"},
                 {"direction": "OUT", "version": "b.b", "snapshot": 1, "runId": "2", "exactness": "exact", "restsOn": [5]},
                 {"direction": "IN", "version": "a.a", "snapshot": 8, "runId": "2", "exactness": "exact"}]}
                """;
        assertThat(tree(bound))
                .containsExactly(
                        "c.c@1  exact  [run 3]",
                        "├─ a.a@1  exact  [run 1]",
                        "└─ b.b@1  exact  [run 2]",
                        "   └─ a.a@8  exact");
    }

    @Test
    void anAnswerRestsOnWhatItRead() throws Exception {
        String query =
                """
                "query": {"id": "9", "lane": "OLAP", "user": "ada", "startedAt": "2024-01-31T12:00:00Z"},
                """;
        assertThat(tree(
                        """
                                {"direction": "up", %s "whole": false, "edges": [
                                 {"direction": "IN", "version": "a.a", "snapshot": 2, "runId": "9", "exactness": "exact",
                                  "restsOn": [2]},
                                 {"direction": "IN", "version": "file:/x", "runId": "9", "exactness": "unknown",
                                  "reason": "none"},
                                 {"direction": "OUT", "version": "a.a", "snapshot": 2, "runId": "1", "exactness": "exact",
                                  "restsOn": [3]},
                                 {"direction": "IN", "version": "b.b", "snapshot": 0, "runId": "1", "exactness": "exact"}]}
                                """
                                .formatted(query)))
                .containsExactly(
                        "query 9  [olap by ada at 2024-01-31T12:00:00Z]",
                        "├─ a.a@2  exact  [run 1]",
                        "│  └─ b.b@0  exact",
                        "└─ file:/x  unknown: none",
                        "… and more: ask for less with --depth, or for all of it with --json.");
        assertThat(tree("{\"direction\": \"up\", " + query + " \"whole\": true, \"edges\": []}"))
                .containsExactly("query 9  [olap by ada at 2024-01-31T12:00:00Z]", "it read no table");
    }

    @Test
    void downwardsItTellsWhoReadASnapshotAndWhatThatAdded() throws Exception {
        assertThat(
                        tree(
                                """
                                {"direction": "down", "whole": true, "edges": [
                                 {"direction": "OUT", "version": "a.a", "snapshot": 2, "runId": "1", "exactness": "exact"},
                                 {"direction": "IN", "version": "a.a", "snapshot": 2, "runId": "2", "exactness": "exact",
                                  "restsOn": [0]},
                                 {"direction": "OUT", "version": "b.b", "snapshot": 5, "runId": "2", "exactness": "exact",
                                  "restsOn": [1]},
                                 {"direction": "OUT", "version": "c.c", "snapshot": 6, "runId": "2", "exactness": "exact",
                                  "restsOn": [1]},
                                 {"direction": "IN", "version": "a.a", "snapshot": 3, "runId": "4", "exactness": "exact",
                                  "restsOn": [0]},
                                 {"direction": "IN", "version": "b.b", "snapshot": 5, "runId": "3", "job": "sums",
                                  "checkpoint": 7, "exactness": "lower bound", "reason": "half", "restsOn": [2]},
                                 {"direction": "OUT", "version": "c.c", "snapshot": 7, "runId": "3", "job": "sums",
                                  "checkpoint": 7, "exactness": "exact", "restsOn": [5]}]}
                                """))
                .containsExactly(
                        "a.a@2  exact  [run 1]",
                        "├─ b.b@5  exact  [run 2]",
                        "│  └─ c.c@7  lower bound: half  [job sums, checkpoint 7]",
                        "├─ c.c@6  exact  [run 2]",
                        "└─ nothing added  exact  [run 4]");
    }

    @Test
    void whatNobodyCommittedIsTold() throws Exception {
        String unknown =
                """
                [{"direction": "OUT", "version": "a.b", "snapshot": 3, "runId": "", "exactness": "unknown",
                  "reason": "its commit is signed x"}]
                """;
        assertThat(tree("{\"direction\": \"up\", \"whole\": true, \"edges\": " + unknown + "}"))
                .containsExactly("a.b@3  unknown: its commit is signed x");
        assertThat(tree("{\"direction\": \"down\", \"whole\": true, \"edges\": " + unknown + "}"))
                .containsExactly("a.b@3  unknown: its commit is signed x", "no run that is recorded read it");
        assertThat(tree("{\"direction\": \"up\", \"whole\": true, \"edges\": []}"))
                .containsExactly("nothing is known of it");
    }
}

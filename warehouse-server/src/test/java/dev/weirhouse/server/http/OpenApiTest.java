package dev.weirhouse.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.weirhouse.consistency.RuleSpec;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The description and the door name the same routes, and the description is whole. */
final class OpenApiTest {

    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");

    private static JsonNode description() throws IOException {
        return new YAMLMapper().readTree(StatusRoutes.openApi());
    }

    @Test
    void everyRouteIsDescribedAndEveryDescribedRouteExists() throws IOException {
        Set<String> described = new TreeSet<>();
        description().path("paths").properties().forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(method -> {
                    if (METHODS.contains(method)) {
                        described.add(method + " " + path.getKey());
                    }
                }));
        assertThat(described).isEqualTo(served());
    }

    /** The routes are listed without what would serve them. */
    private static Set<String> served() {
        return Stream.of(
                        new StatusRoutes(null, null).routes(),
                        new SessionRoutes(null).routes(),
                        new QueryRoutes(null, null).routes(),
                        new StatementRoutes(null, null, null).routes(),
                        new JobRoutes(null).routes(),
                        new FlowRoutes(null).routes(),
                        new ScriptRoutes(null, null, null).routes(),
                        new RunRoutes(null, null).routes(),
                        new LineageRoutes(null, null, null).routes(),
                        new OpenLineageRoutes(null).routes(),
                        new CheckRoutes(null, null).routes())
                .flatMap(java.util.List::stream)
                .map(route -> route.method().name().toLowerCase(Locale.ROOT) + " " + route.path())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyReferenceLeadsSomewhere() throws IOException {
        JsonNode description = description();
        description.findValuesAsText("$ref").forEach(reference -> assertThat(
                        description.at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
    }

    @Test
    void theSchemasNameTheKeysThatAreRead() throws IOException {
        JsonNode schemas = description().path("components").path("schemas");
        assertKeys(schemas, "Statement", StatementRoutes.StatementView.class);
        assertKeys(schemas, "StatementRequest", StatementRoutes.StatementRequest.class);
        assertKeys(schemas, "SessionRequest", SessionRoutes.SessionRequest.class);
        assertKeys(schemas, "JobRequest", JobRoutes.JobRequest.class);
        assertKeys(schemas, "Job", JobRoutes.JobView.class);
        assertKeys(schemas, "FlowRequest", FlowRoutes.FlowRequest.class);
        assertKeys(schemas, "Flow", FlowRoutes.FlowView.class);
        assertKeys(schemas, "Boundary", FlowRoutes.BoundaryView.class);
        assertKeys(schemas, "ScriptRequest", ScriptRoutes.ScriptRequest.class);
        assertKeys(schemas, "Script", ScriptRoutes.ScriptView.class);
        assertKeys(schemas, "ScriptStatement", ScriptRoutes.StepView.class);
        assertKeys(schemas, "Run", RunRoutes.RunView.class);
        assertKeys(schemas, "LineageNode", LineageRoutes.NodeView.class);
        assertKeys(schemas, "LineageWalk", LineageRoutes.WalkView.class);
        assertKeys(schemas, "LineageSnapshots", LineageRoutes.SnapshotsView.class);
        assertKeys(schemas, "SnapshotEdge", LineageRoutes.SnapshotView.class);
        assertKeys(schemas, "CheckRule", RuleSpec.class);
        assertKeys(schemas, "CheckRequest", CheckRoutes.CheckRequest.class);
        assertKeys(schemas, "Check", CheckRoutes.CheckView.class);
        assertKeys(schemas, "CheckResult", CheckRoutes.ResultView.class);
        assertKeys(schemas, "TablesRequest", CheckRoutes.TablesRequest.class);
        assertKeys(schemas, "JobComparisonRequest", CheckRoutes.JobComparisonRequest.class);
        assertKeys(schemas, "LanesRequest", CheckRoutes.LanesRequest.class);
        assertKeys(schemas, "Error", ErrorBody.class);
    }

    private static void assertKeys(JsonNode schemas, String name, Class<? extends Record> view) {
        Set<String> keys = new TreeSet<>();
        schemas.path(name).path("properties").fieldNames().forEachRemaining(keys::add);
        Set<String> components = Stream.of(view.getRecordComponents())
                .map(java.lang.reflect.RecordComponent::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(keys).as(name).isEqualTo(components);
    }
}

package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.cli.AnswerPrinter.ColumnInfo;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir job}: the streaming jobs of a warehouse. */
@Command(
        name = "job",
        description = "Apply, look at, stop, resume and delete streaming jobs.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class JobCommand {

    private static final String JOBS = "/api/v1/jobs";

    private static final List<String> LISTED = List.of("name", "state", "revision", "updatedAt", "error");

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOption server = new ServerOption();

    @Command(
            name = "apply",
            description = "Create a job from a SQL file, or give it a new revision.",
            mixinStandardHelpOptions = true)
    int apply(
            @Parameters(paramLabel = "FILE", description = "INSERTs, with the SETs and temporary tables they need.")
                    Path file,
            @Option(
                            names = "--name",
                            paramLabel = "NAME",
                            description = "The job's name. Default: the file's, without its ending.")
                    String name,
            @Option(names = "--json", description = "Print the job as JSON.") boolean json) {
        ObjectNode request = ApiClient.JSON
                .createObjectNode()
                .put("name", name == null ? baseName(file) : name)
                .put("sql", TextFile.read(file));
        return show(client().post(JOBS, request), json);
    }

    @Command(name = "list", description = "List all jobs.", mixinStandardHelpOptions = true)
    int list(@Option(names = "--json", description = "Print the jobs as JSON.") boolean json) {
        JsonNode jobs = client().get(JOBS);
        if (json) {
            out().println(jobs.toPrettyString());
            return ExitCode.OK;
        }
        TablePrinter printer = new TablePrinter(out());
        printer.begin(LISTED.stream()
                .map(name -> new ColumnInfo(name, name.equals("revision") ? "INT" : "STRING"))
                .toList());
        var rows = ApiClient.JSON.createArrayNode();
        StreamSupport.stream(jobs.path("jobs").spliterator(), false).forEach(job -> {
            var row = rows.addArray();
            LISTED.forEach(name -> row.add(job.path(name).asText("")));
        });
        printer.rows(rows);
        return ExitCode.OK;
    }

    @Command(name = "show", description = "Show one job.", mixinStandardHelpOptions = true)
    int showOne(
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--json", description = "Print the job as JSON.") boolean json) {
        return show(client().get(path(name)), json);
    }

    @Command(
            name = "stop",
            description = "Stop a job with a savepoint; 'resume' starts it from there.",
            mixinStandardHelpOptions = true)
    int stop(
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--json", description = "Print the job as JSON.") boolean json) {
        return show(client().post(path(name) + "/stop"), json);
    }

    @Command(
            name = "resume",
            description = "Start a stopped job from its savepoint, or a failed one from its last checkpoint.",
            mixinStandardHelpOptions = true)
    int resume(
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--json", description = "Print the job as JSON.") boolean json) {
        return show(client().post(path(name) + "/resume"), json);
    }

    @Command(
            name = "delete",
            description = "Stop a job and forget it; its tables and runs stay.",
            mixinStandardHelpOptions = true)
    int delete(@Parameters(paramLabel = "NAME") String name) {
        client().delete(path(name));
        out().println("deleted " + CellText.visible(name));
        out().flush();
        return ExitCode.OK;
    }

    private int show(JsonNode job, boolean json) {
        if (json) {
            out().println(job.toPrettyString());
        } else {
            job.properties().forEach(field -> {
                String text = field.getKey().equals("sql")
                        ? field.getValue().asText().stripTrailing().indent(2).stripTrailing()
                        : CellText.of(field.getValue());
                out().println(field.getKey().equals("sql") ? "sql:\n" + text : field.getKey() + ": " + text);
            });
        }
        out().flush();
        return ExitCode.OK;
    }

    private static String path(String name) {
        return JOBS + "/" + ApiClient.segment(name);
    }

    private static String baseName(Path file) {
        return file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
    }

    private ApiClient client() {
        return server.client("job");
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}

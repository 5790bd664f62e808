package dev.weirhouse.server.demo;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.child.StockDriver;
import dev.weirhouse.server.cli.ApiFailure;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir demo}: the whole warehouse at work on real flights. */
@Command(
        name = "demo",
        description = "Run the whole warehouse on two weeks of real flights, and check every answer.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:every check held", "1:the demo could not begin", "2:a check did not hold"})
public final class DemoCommand implements Callable<Integer> {

    private static final int ALL_FLIGHTS = 228_738;
    private static final int FEWEST_FLIGHTS = 1_000;
    private static final List<Step> STEPS = List.of(
            new CreateTables(),
            new StartStreams(),
            new QueryWhileRunning(),
            new ReadOneMoment(),
            new RunBatch(),
            new LanesAgree(),
            new TraceNumbers(),
            new FindMistakes(),
            new SurviveKill(),
            new TravelInTime());

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--home",
            paramLabel = "FOLDER",
            description = "The home of the demo's warehouse, which is emptied first. Default: demo in WEIR_HOME, or in"
                    + " ./weirhouse-data.")
    private Path home;

    @Option(names = "--keep", description = "Leave the warehouse running when the demo ends.")
    private boolean keep;

    @Option(names = "--rows", hidden = true, defaultValue = "" + ALL_FLIGHTS, description = "How many flights to use.")
    private int rows;

    @Override
    public Integer call() throws SQLException {
        if (rows < FEWEST_FLIGHTS || rows > ALL_FLIGHTS) {
            throw new WarehouseException(
                    ServerError.ARGUMENT_INVALID, "--rows takes " + FEWEST_FLIGHTS + " to " + ALL_FLIGHTS + ".");
        }
        DemoHome demoHome = new DemoHome(home != null ? home : DemoHome.byDefault(System.getenv("WEIR_HOME")));
        demoHome.requireOurs();
        StockDriver driver = StockDriver.load(Path.of(System.getProperty("weir.lib", "lib")));
        SampleData data = SampleData.read(Path.of(System.getProperty("weir.install", "."), "data"), rows);
        try (Story story = new Story(spec.commandLine().getOut());
                Scene scene = new Scene(story, demoHome, driver, data)) {
            story.say(
                    "Weirhouse on %,d flights of January 2001 in the US. Each answer is checked against the CSV files by"
                            + " plain Java.",
                    scene.allFlights());
            if (!demoHome.isEmpty()) {
                story.note("The demo before this one is removed from %s.", demoHome.folder());
            }
            demoHome.prepare(data.airportLines());
            story.note("The warehouse lives in %s.", demoHome.folder());
            scene.open();
            story.note(
                    "It is ready after %.1f s: process %d.",
                    Story.seconds(story.elapsed()), scene.server().pid());
            play(scene);
            story.sum();
            finish(scene);
            return story.everyCheckHeld() ? ExitCode.OK : ExitCode.CHECK_FAILED;
        }
    }

    /** Runs the steps. One that breaks off ends the demo: those after it build on it. */
    private static void play(Scene scene) {
        for (int i = 0; i < STEPS.size(); i++) {
            Step step = STEPS.get(i);
            scene.story().step(i + 1, step.title());
            try {
                step.run(scene);
            } catch (SQLException | ApiFailure e) {
                scene.story().checkThat("the step ran to its end: " + reason(e), false);
                scene.story()
                        .note(
                                "The warehouse's log: %s",
                                scene.home().folder().resolve("logs").resolve("weirhouse.log"));
                return;
            }
        }
    }

    /** What the warehouse said; the driver puts its own words around it. */
    private static String reason(Throwable error) {
        Throwable innermost = error;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return innermost.getMessage();
    }

    private void finish(Scene scene) {
        Story story = scene.story();
        if (!keep) {
            story.say(
                    """
                    To go on from here:
                       weir demo --keep       leaves the warehouse running, for weir sql and any JDBC client
                       weir up                starts a warehouse of your own
                       weir doctor            says whether this machine is fit for it
                       docs/quickstart.md     goes on with tables, jobs and scripts of your own""");
            return;
        }
        story.say(
                """
                The warehouse keeps running, with its three jobs:
                   JDBC   %s
                   HTTP   %s
                   Try    weir sql --server %s -e "SELECT * FROM weir.jobs"
                   Stop   kill %d""",
                scene.address().jdbc(),
                scene.address().http(),
                scene.address().http(),
                scene.server().pid());
        scene.server().letGo();
    }
}

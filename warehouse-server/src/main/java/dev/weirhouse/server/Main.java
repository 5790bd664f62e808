package dev.weirhouse.server;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.bench.BenchCommand;
import dev.weirhouse.server.cli.ApiFailure;
import dev.weirhouse.server.cli.CheckCommand;
import dev.weirhouse.server.cli.FlowCommand;
import dev.weirhouse.server.cli.JobCommand;
import dev.weirhouse.server.cli.LineageCommand;
import dev.weirhouse.server.cli.RunCommand;
import dev.weirhouse.server.cli.SqlCommand;
import dev.weirhouse.server.demo.DemoCommand;
import dev.weirhouse.server.doctor.DoctorCommand;
import dev.weirhouse.server.fuzz.FuzzCommand;
import dev.weirhouse.server.process.UpCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParseResult;

/** The command {@code weir}. */
@Command(
        name = "weir",
        description = "Weirhouse, a streaming warehouse: one catalog, three lanes, one meaning.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.BuildVersionProvider.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UpCommand.class,
            DemoCommand.class,
            BenchCommand.class,
            SqlCommand.class,
            RunCommand.class,
            JobCommand.class,
            FlowCommand.class,
            LineageCommand.class,
            CheckCommand.class,
            DoctorCommand.class,
            FuzzCommand.class
        })
public final class Main {

    private static final String SHOW_TRACE = "WEIR_DEBUG";

    /** Runs a command and ends the process with its status. */
    public static void main(String[] arguments) {
        int status = ExitCode.INTERNAL;
        try {
            status = commandLine().execute(arguments);
        } finally {
            // Also after an Error: threads that a half-opened warehouse left must not keep the process.
            System.exit(status);
        }
    }

    /** The command line with all commands; its streams can be replaced. */
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::usageError)
                .setExecutionExceptionHandler(Main::failed);
    }

    static final class BuildVersionProvider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"weirhouse " + BuildVersion.TEXT};
        }
    }

    private static int usageError(CommandLine.ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(
                "[" + ServerError.ARGUMENT_INVALID.id() + "] " + ServerError.ARGUMENT_INVALID + ": " + e.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        }
        return ExitCode.USER_ERROR;
    }

    /** Says what went wrong; the stack is for {@code WEIR_DEBUG=1}, or for a defect. */
    private static int failed(Exception e, CommandLine command, ParseResult result) {
        PrintWriter err = command.getErr();
        boolean isDefect = !(e instanceof WarehouseException) && !(e instanceof ApiFailure);
        err.println(isDefect ? "Defect: " + e : e.getMessage());
        if (isDefect || System.getenv(SHOW_TRACE) != null) {
            e.printStackTrace(err);
        }
        err.flush();
        if (e instanceof WarehouseException known) {
            return ExitCode.of(known);
        }
        return e instanceof ApiFailure answered ? answered.exitCode() : ExitCode.INTERNAL;
    }
}

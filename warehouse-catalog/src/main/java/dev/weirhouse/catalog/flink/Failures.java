package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.WarehouseException.Position;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.flink.runtime.client.JobCancellationException;
import org.apache.flink.runtime.client.JobSubmissionException;
import org.apache.flink.runtime.jobmanager.scheduler.NoResourceAvailableException;
import org.apache.flink.runtime.rest.ConnectionClosedException;
import org.apache.flink.table.api.SqlParserException;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.exceptions.DatabaseAlreadyExistException;
import org.apache.flink.table.catalog.exceptions.DatabaseNotExistException;
import org.apache.flink.table.catalog.exceptions.FunctionAlreadyExistException;
import org.apache.flink.table.catalog.exceptions.FunctionNotExistException;
import org.apache.flink.table.catalog.exceptions.TableAlreadyExistException;
import org.apache.flink.table.catalog.exceptions.TableNotExistException;
import org.apache.flink.table.planner.delegation.hive.copy.HiveASTParseException;
import org.apache.flink.table.planner.parse.CalciteParser;
import org.apache.flink.util.SerializedThrowable;
import org.apache.flink.util.concurrent.FutureUtils;
import org.apache.hadoop.hive.ql.parse.SemanticException;
import org.apache.thrift.transport.TTransportException;

/** Turns what Flink, Calcite, Hive and Paimon throw into the warehouse's errors: a code, a place, one sentence. */
public final class Failures {

    private static final Pattern OBJECT = Pattern.compile("Object '([^']+)' not found(?: within '([^']+)')?.*");
    private static final Pattern TABLE = Pattern.compile(
            "(?s).*(?:Cannot find table '([^']+)'|Table or [Vv]iew.*'([^']+)'|Table not found '?([\\w.]+)'?).*");
    private static final Pattern COLUMN = Pattern.compile(
            "(?s).*(?:Column '[^']+' not found|Invalid column reference|Invalid table alias or column reference|Unknown"
                    + " (?:target )?column|Unknown field).*");
    private static final Pattern FUNCTION =
            Pattern.compile("(?s).*(?:No match found for function signature|Invalid function).*");
    private static final Pattern TYPE =
            Pattern.compile("(?s).*(?:Column types of query result and sink for|Cannot apply"
                    + " '|Type mismatch|Values passed to|Unsupported type conversion|Cannot cast).*");
    private static final Pattern PLACE = Pattern.compile("(?:From|At) line (\\d+), column (\\d+)[^:]*: *");
    private static final Pattern HIVE_PLACE = Pattern.compile("line (\\d+):(\\d+) *");
    private static final Pattern SNAPSHOT = Pattern.compile(
            "(?s).*(?:[Ss]napshot.*(?:not exist|doesn't exist|not found|expired|range)|[Tt]ag '.*' doesn't exist|There is"
                    + " currently no snapshot).*");
    private static final Pattern REFUSED_FUNCTION = Pattern.compile("(?:Invalid function|UDF) [`']?(\\w+)");
    private static final int MAX_LENGTH = 2_000;

    /** Flink throws it for everything; only what a conversion itself throws is about data. */
    private static final String TABLE_EXCEPTION = "org.apache.flink.table.api.TableException";

    private static final Set<String> DATA_EXCEPTIONS = Set.of(
            "java.lang.ArithmeticException",
            "java.lang.NumberFormatException",
            "java.time.DateTimeException",
            "java.time.format.DateTimeParseException",
            "org.apache.flink.table.api.TableRuntimeException",
            TABLE_EXCEPTION);

    private static final Set<String> DEFECTS = Set.of(
            "AssertionError",
            "ClassCastException",
            "CompileException",
            "IndexOutOfBoundsException",
            "NullPointerException",
            "CodeGenException");

    /** How deep below an expression the library may lie that throws. */
    private static final int DATA_FRAMES = 8;

    private static final Pattern EXPRESSION_CODE = Pattern.compile(
            "(?:Batch|Stream)Exec\\w+\\$\\d+.*|\\w+\\$\\d+|org\\.apache\\.flink\\.table\\.(?:data|functions|utils|runtime\\.functions)\\..*");

    private Failures() {}

    /** What went wrong before anything ran. */
    public static WarehouseException compiling(Throwable thrown) {
        return translate(thrown, CatalogError.SEMANTIC_ERROR);
    }

    /** What went wrong while a statement or job ran. */
    public static WarehouseException running(Throwable thrown) {
        return translate(thrown, CatalogError.EXECUTION_FAILED);
    }

    private static WarehouseException translate(Throwable thrown, CatalogError otherwise) {
        List<Throwable> chain = chain(thrown);
        for (Throwable cause : chain) {
            if (isOutOfMemory(cause)) {
                return outOfMemory(cause, thrown);
            }
            if (type(cause).equals(NoResourceAvailableException.class.getName())) {
                return new WarehouseException(
                        CatalogError.NO_SLOTS,
                        "The cluster did not have as many free slots at once as the statement needs, and it waited long enough. "
                                + "Run less at a time, or raise cluster.slots.",
                        thrown);
            }
            if (isOfDepth(cause)) {
                return new WarehouseException(
                        CatalogError.STATEMENT_TOO_LARGE,
                        "The statement is nested more deeply, or has longer chains of operators, than the planner can take."
                                + " Part it.",
                        thrown);
            }
        }
        Position position = null;
        for (Throwable cause : chain) {
            if (cause instanceof WarehouseException known) {
                return known;
            }
            if (cause instanceof CalciteContextException context && context.getPosLine() > 0) {
                position = new Position(context.getPosLine(), context.getPosColumn());
            }
        }
        for (Throwable cause : chain) {
            if (cause instanceof JobCancellationException || cause instanceof CancellationException) {
                return new WarehouseException(CatalogError.CANCELLED, "The statement was cancelled.", cause);
            }
            Matcher refused = REFUSED_FUNCTION.matcher(String.valueOf(cause.getMessage()));
            if (cause instanceof SemanticException && refused.find() && BoundedHiveModule.isLeftOut(refused.group(1))) {
                return BoundedHiveModule.refusal(refused.group(1), thrown);
            }
            if (cause instanceof TTransportException) {
                return new WarehouseException(
                        CatalogError.METASTORE_UNREACHABLE,
                        "The Hive Metastore does not answer: " + clean(cause) + ". The statement can be tried again.",
                        thrown);
            }
            if (cause instanceof SqlParseException parse) {
                return syntax(parse.getMessage(), position(parse), thrown);
            }
            if (cause instanceof HiveASTParseException) {
                Matcher place = HIVE_PLACE.matcher(String.valueOf(cause.getMessage()));
                return syntax(place.replaceFirst(""), place.reset().find() ? hivePosition(place) : null, thrown);
            }
        }
        if (isUnreachable(chain)) {
            return new WarehouseException(
                    CatalogError.CLUSTER_UNREACHABLE,
                    "The Flink cluster does not answer: " + clean(telling(chain)),
                    thrown);
        }
        for (Throwable cause : chain) {
            CatalogError code = code(cause);
            if (code != null) {
                return new WarehouseException(code, sentence(cause, code), place(cause, position), thrown);
            }
        }
        if (otherwise == CatalogError.EXECUTION_FAILED) {
            for (Throwable cause : chain) {
                if (isOfData(cause)) {
                    boolean zero = String.valueOf(cause.getMessage())
                            .matches("(?s).*(?:/ by zero|[Dd]ivi(?:sion|de) by zero).*");
                    return new WarehouseException(
                            zero ? CatalogError.DIVISION_BY_ZERO : CatalogError.DATA_ERROR,
                            zero ? "A row is divided by zero." : "A value cannot be computed: " + clean(cause),
                            thrown);
                }
            }
        }
        for (Throwable cause : chain) {
            if (cause instanceof SqlParserException) {
                return syntax(cause.getMessage(), position, thrown);
            }
        }
        Throwable telling = telling(chain);
        boolean user = otherwise == CatalogError.SEMANTIC_ERROR
                || chain.stream().anyMatch(cause -> cause instanceof ValidationException);
        return new WarehouseException(
                user ? CatalogError.SEMANTIC_ERROR : otherwise, clean(telling), place(telling, position), thrown);
    }

    /** The class of what was thrown; Flink carries what a task threw as text. */
    private static String type(Throwable cause) {
        return cause instanceof SerializedThrowable carried
                ? carried.getOriginalErrorClassName()
                : cause.getClass().getName();
    }

    private static boolean isOutOfMemory(Throwable cause) {
        return type(cause).equals(OutOfMemoryError.class.getName());
    }

    private static WarehouseException outOfMemory(Throwable cause, Throwable thrown) {
        String detail = String.valueOf(cause.getMessage()).replaceFirst("^java\\.lang\\.OutOfMemoryError: ", "");
        return new WarehouseException(
                CatalogError.OUT_OF_MEMORY,
                "The statement asked for more memory than there is (" + detail
                        + "). Ask for less at once, or give the process more: WEIR_HEAP.",
                thrown);
    }

    /** Whether the stack was too short; Flink's parser then fails on the parse error's message, which is not there. */
    private static boolean isOfDepth(Throwable cause) {
        return cause instanceof StackOverflowError
                || (cause instanceof NullPointerException
                        && cause.getStackTrace().length > 0
                        && cause.getStackTrace()[0].getClassName().equals(CalciteParser.class.getName()));
    }

    /** Whether an expression met a value that it cannot be computed for, in code that Flink generated or calls from it. */
    private static boolean isOfData(Throwable cause) {
        return DATA_EXCEPTIONS.contains(type(cause))
                && Arrays.stream(cause.getStackTrace()).limit(DATA_FRAMES).anyMatch(frame -> EXPRESSION_CODE
                        .matcher(frame.getClassName())
                        .matches());
    }

    /** Whether a job did not come as far as the cluster. */
    private static boolean isUnreachable(List<Throwable> chain) {
        return chain.stream().anyMatch(cause -> cause instanceof JobSubmissionException)
                && chain.stream()
                        .anyMatch(cause -> cause instanceof ConnectException
                                || cause instanceof UnknownHostException
                                || cause instanceof TimeoutException
                                || cause instanceof ConnectionClosedException
                                || cause instanceof FutureUtils.RetryException);
    }

    private static CatalogError code(Throwable cause) {
        if (cause instanceof TableNotExistException) {
            return CatalogError.TABLE_NOT_FOUND;
        }
        if (cause instanceof DatabaseNotExistException) {
            return CatalogError.DATABASE_NOT_FOUND;
        }
        if (cause instanceof FunctionNotExistException) {
            return CatalogError.FUNCTION_NOT_FOUND;
        }
        if (cause instanceof TableAlreadyExistException
                || cause instanceof DatabaseAlreadyExistException
                || cause instanceof FunctionAlreadyExistException) {
            return CatalogError.ALREADY_EXISTS;
        }
        String message = String.valueOf(cause.getMessage());
        if (cause.getCause() == null || cause.getCause() == cause) {
            String bare = PLACE.matcher(message).replaceFirst("");
            if (OBJECT.matcher(bare).matches() || TABLE.matcher(message).matches()) {
                return CatalogError.TABLE_NOT_FOUND;
            }
            if (message.contains("A database with name") && message.contains("does not exist")) {
                return CatalogError.DATABASE_NOT_FOUND;
            }
            if (message.matches("(?s).*(?:Table|Tables or views) .*(?:doesn't exist|does not exist).*")) {
                return CatalogError.TABLE_NOT_FOUND;
            }
            if (COLUMN.matcher(message).matches()) {
                return CatalogError.COLUMN_NOT_FOUND;
            }
            if (FUNCTION.matcher(message).matches()) {
                return CatalogError.FUNCTION_NOT_FOUND;
            }
            if (SNAPSHOT.matcher(message).matches()) {
                return CatalogError.SNAPSHOT_NOT_FOUND;
            }
            if (TYPE.matcher(message).matches()) {
                return CatalogError.TYPE_MISMATCH;
            }
        }
        return null;
    }

    private static String sentence(Throwable cause, CatalogError code) {
        String message = PLACE.matcher(clean(cause)).replaceFirst("");
        Matcher object = OBJECT.matcher(message);
        if (code == CatalogError.TABLE_NOT_FOUND && object.matches()) {
            String within = object.group(2);
            return "There is no table, view or database '" + object.group(1) + "'"
                    + (within == null ? "" : " in '" + within.replaceFirst("^weirhouse\\.?", "") + "'") + ".";
        }
        return message;
    }

    private static WarehouseException syntax(String message, Position position, Throwable thrown) {
        String first = String.valueOf(message).lines().findFirst().orElse("");
        String place = position == null ? "" : " at line " + position.line() + ", column " + position.column() + ".";
        String detail = first.endsWith(place) && !place.isEmpty()
                ? first.substring(0, first.length() - place.length()) + "."
                : first;
        return new WarehouseException(
                CatalogError.SYNTAX_ERROR, detail.replaceFirst("^SQL parse failed\\. ", ""), position, thrown);
    }

    private static Position position(SqlParseException parse) {
        return parse.getPos() == null || parse.getPos().getLineNum() < 1
                ? null
                : new Position(parse.getPos().getLineNum(), parse.getPos().getColumnNum());
    }

    /** Hive counts columns from 0. */
    private static Position hivePosition(Matcher place) {
        return new Position(Integer.parseInt(place.group(1)), Integer.parseInt(place.group(2)) + 1);
    }

    private static Position place(Throwable cause, Position known) {
        Matcher place = PLACE.matcher(String.valueOf(cause.getMessage()));
        return known == null && place.find()
                ? new Position(Integer.parseInt(place.group(1)), Integer.parseInt(place.group(2)))
                : known;
    }

    private static List<Throwable> chain(Throwable thrown) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable cause = thrown; cause != null && !chain.contains(cause); cause = cause.getCause()) {
            chain.add(cause);
        }
        return chain;
    }

    /** The deepest cause that says something. */
    private static Throwable telling(List<Throwable> chain) {
        for (int i = chain.size() - 1; i >= 0; i--) {
            String message = chain.get(i).getMessage();
            // The JVM leaves out the message of an exception that it has thrown often.
            if (message != null && !message.isBlank() || defect(chain.get(i)).isPresent()) {
                return chain.get(i);
            }
        }
        return chain.get(chain.size() - 1);
    }

    private static String clean(Throwable cause) {
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        String plain = PLACE.matcher(message.replaceFirst("^SQL validation failed\\. ", ""))
                .replaceFirst("")
                .strip();
        String whole =
                defect(cause).map(name -> "Flink itself fails (" + name + "): ").orElse("") + plain;
        return whole.length() > MAX_LENGTH ? whole.substring(0, MAX_LENGTH) + " …" : whole;
    }

    /** The exception's name, if it is one that tells of a defect; its message alone would tell nothing. */
    private static Optional<String> defect(Throwable cause) {
        String type = type(cause);
        String name = type.substring(type.lastIndexOf('.') + 1);
        return DEFECTS.contains(name) ? Optional.of(name) : Optional.empty();
    }
}

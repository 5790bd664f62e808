package dev.weirhouse.consistency;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Cut;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.SqlScript;
import dev.weirhouse.catalog.StoredSnapshot;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.paimon.ReadLeases;
import dev.weirhouse.catalog.state.FlowStore;
import dev.weirhouse.catalog.state.FlowStore.Member;
import dev.weirhouse.catalog.state.FlowStore.Stand;
import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.catalog.state.RevisionRow;
import dev.weirhouse.consistency.Finding.Place;
import dev.weirhouse.consistency.diff.DiffReport;
import dev.weirhouse.consistency.diff.OpenRelation;
import dev.weirhouse.consistency.diff.TableDiff;
import dev.weirhouse.consistency.diff.TableDiff.Limits;
import dev.weirhouse.stream.StreamError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what a streaming job has made with what its text makes of the same inputs at once.
 *
 * <ol>
 *   <li>The inputs and the results: of a job of a flow, where each stands at a boundary that all have reached. They are
 *       leased until the end, and only then it is looked whether they are there.
 *   <li>For each table that the job writes, a twin is made, empty and with the same columns, keys and options, in a database of
 *       the comparison's own.
 *   <li>The job's text is run as a batch, its inputs fixed to the boundary and its INSERTs going to the twins.
 *   <li>Each table at its snapshot of the boundary is compared with its twin, to the row.
 *   <li>The database is dropped; after a crash, by the next process.
 * </ol>
 *
 * <p>Thread-safe.
 */
final class JobRecomputation {

    private static final Logger LOG = LoggerFactory.getLogger(JobRecomputation.class);

    /** How the databases of twins begin; the id of the comparison follows. */
    private static final String DATABASE = "weir_check_";

    private static final Pattern SET = Pattern.compile("(?is)SET\\s+'(?<key>[^']*)'.*");

    /** The settings that decide what a text means; others say how a stream runs. */
    private static final String MEANS = "table.";

    private final Warehouse warehouse;

    JobRecomputation(Warehouse warehouse) {
        this.warehouse = warehouse;
    }

    /**
     * What is recomputed.
     *
     * @param boundary of the job's flow; empty for the newest that all of its tables have reached
     */
    record Question(String job, OptionalLong boundary) {}

    /**
     * What was compared.
     *
     * @param cut at which the inputs were read
     * @param tables for each table that the job writes, how it differs
     */
    record Compared(String job, int revision, String flow, long boundary, String cut, List<DiffReport> tables) {}

    /**
     * The inputs and results of a job at one moment.
     *
     * @param reads by the name in the text, where its version stands
     */
    private record Moment(String flow, long boundary, Map<TableName, At> reads, Map<TableName, At> writes) {

        String cut() {
            List<String> places = new ArrayList<>();
            reads.forEach((name, at) -> places.add(name + "=" + at.version() + "@" + at.snapshot()));
            return String.join(", ", places);
        }

        /** All of it, as a cut. */
        Cut all() {
            List<Cut.Place> places = new ArrayList<>();
            for (Map<TableName, At> tables : List.of(reads, writes)) {
                tables.forEach((name, at) -> places.add(new Cut.Place(
                        name, Optional.of(at.version()), OptionalLong.of(at.snapshot()), Optional.empty())));
            }
            return new Cut(
                    "The boundary " + boundary, places, Optional.empty(), Cut.SETTING, OptionalLong.of(boundary));
        }
    }

    private record At(String version, long snapshot, long committedAt) {}

    /** @param id of the comparison */
    Finding run(Question question, String id, Limits limits, Caller caller, Work work) {
        JobRow job = warehouse
                .state()
                .jobs()
                .find(question.job())
                .orElseThrow(() -> new WarehouseException(
                        StreamError.JOB_NOT_FOUND, "There is no job '" + question.job() + "'. See: weir job list."));
        RevisionRow revision = warehouse.state().jobs().revisions(job.id()).stream()
                .filter(row -> row.revision() == job.revision())
                .findFirst()
                .orElseThrow();
        Moment moment = moment(job, question.boundary());
        String database = database(id);
        try (ReadLeases leases = warehouse.hold(moment.all());
                Session session = warehouse.gate().open(caller, Gate.Mode.BATCH)) {
            checkThere(moment.reads());
            checkThere(moment.writes());
            Map<TableName, TableName> twins = makeTwins(database, moment, caller);
            recompute(revision.sql(), moment, twins, caller, work);
            List<DiffReport> tables = new ArrayList<>();
            moment.writes().forEach((name, at) -> {
                try (OpenRelation results = open(session, at.version(), at.snapshot());
                        OpenRelation recomputed = open(session, twins.get(name).toString(), 0)) {
                    tables.add(TableDiff.of(results, recomputed, limits, work::goOn)
                            .with("recomputed"));
                }
            });
            // Of a table that was rolled back meanwhile another snapshot bears the number.
            checkThere(moment.reads());
            checkThere(moment.writes());
            return finding(
                    new Compared(job.name(), job.revision(), moment.flow(), moment.boundary(), moment.cut(), tables),
                    moment);
        } finally {
            drop(database);
        }
    }

    /** @param snapshot 0 for the newest */
    private OpenRelation open(Session session, String version, long snapshot) {
        return OpenRelation.open(
                warehouse,
                session,
                Relation.ofVersion(version, snapshot > 0 ? OptionalLong.of(snapshot) : OptionalLong.empty()));
    }

    private static Finding finding(Compared compared, Moment moment) {
        long differences =
                compared.tables().stream().mapToLong(DiffReport::differences).sum();
        At first = moment.writes().values().iterator().next();
        List<String> results = moment.writes().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue().version() + "@"
                        + entry.getValue().snapshot())
                .toList();
        return Finding.of(
                        differences,
                        compared.cut() + ", " + String.join(", ", results),
                        differences == 0
                                ? "The tables of " + compared.job()
                                        + " are what its text makes of the inputs at the boundary "
                                        + compared.boundary() + " of the flow " + compared.flow() + "."
                                : differences + " differences from what the text makes of the inputs at the boundary "
                                        + compared.boundary() + " of the flow " + compared.flow() + ".",
                        Optional.of(Evidence.json(compared)))
                .at(Optional.of(new Place(first.version(), first.snapshot(), OptionalLong.of(first.committedAt()))));
    }

    /** Where the job's tables stand at a boundary of its flow. */
    private Moment moment(JobRow job, OptionalLong asked) {
        FlowStore flows = warehouse.state().flows();
        String flow = flows.flowOf(job.id())
                .orElseThrow(() -> new WarehouseException(
                        CheckError.INPUTS_UNKNOWN,
                        "Which inputs the tables of '" + job.name()
                                + "' derive from is not known exactly: the job belongs"
                                + " to no flow, and so does not stop at boundaries. SET 'stream.flow' = '…' in its text"
                                + " makes it one of a flow."));
        Member member = flows.members(flow).stream()
                .filter(one -> one.jobId().equals(job.id()))
                .findFirst()
                .orElseThrow();
        if (member.reads().isEmpty()) {
            throw new WarehouseException(
                    CheckError.INPUTS_UNKNOWN,
                    "The job '" + job.name()
                            + "' reads no table of the warehouse: what it took from outside cannot be read"
                            + " again as it was.");
        }
        Set<String> versions = new TreeSet<>(member.reads().values());
        versions.addAll(member.writes().values());
        OptionalLong boundary = asked.isPresent() ? asked : flows.common(flow, versions, 0);
        Map<String, Stand> places = boundary.isEmpty() ? Map.of() : flows.places(flow, boundary.getAsLong());
        if (!places.keySet().containsAll(versions)) {
            versions.removeAll(places.keySet());
            throw new WarehouseException(
                    CheckError.BOUNDARY_NOT_FOUND,
                    (boundary.isEmpty() ? "No boundary" : "The boundary " + boundary.getAsLong()) + " of the flow "
                            + flow
                            + (boundary.isEmpty() ? " is one that" : " is not one that") + " all tables of '"
                            + job.name() + "' have reached and that is still known. Those that have not: "
                            + String.join(", ", versions) + ". weir flow show " + flow + " tells where each stands.");
        }
        return new Moment(flow, boundary.getAsLong(), stands(member.reads(), places), stands(member.writes(), places));
    }

    private static Map<TableName, At> stands(Map<TableName, String> tables, Map<String, Stand> places) {
        Map<TableName, At> stands = new TreeMap<>(Comparator.comparing(TableName::toString));
        tables.forEach((name, version) -> {
            Stand stand = places.get(version);
            stands.put(name, new At(version, stand.snapshot(), stand.committedAt()));
        });
        return stands;
    }

    /** A root may have nothing at the boundary, and is read as empty; what a job writes has a commit. */
    private void checkThere(Map<TableName, At> tables) {
        for (At at : tables.values()) {
            Optional<StoredSnapshot> stored = warehouse.commits().snapshot(at.version(), at.snapshot());
            if (at.snapshot() > 0 && (stored.isEmpty() || stored.get().committedAt() != at.committedAt())) {
                throw new WarehouseException(
                        CheckError.BOUNDARY_NOT_FOUND,
                        "The snapshot " + at.snapshot() + " of " + at.version()
                                + ", at which it stood at the boundary, has expired or was rolled back.");
            }
        }
    }

    private Map<TableName, TableName> makeTwins(String database, Moment moment, Caller caller) {
        try (Session session = warehouse.gate().open(caller, Gate.Mode.BATCH)) {
            session.execute("CREATE DATABASE `" + database + "`", Lane.BATCH).close();
        }
        Map<TableName, TableName> twins = new TreeMap<>(Comparator.comparing(TableName::toString));
        moment.writes().forEach((name, at) -> {
            TableName twin = new TableName(database, "twin_" + twins.size());
            warehouse.makeTwin(at.version(), twin);
            twins.put(name, twin);
        });
        return twins;
    }

    private void recompute(String sql, Moment moment, Map<TableName, TableName> twins, Caller caller, Work work) {
        try (Session session = warehouse.gate().open(caller, Gate.Mode.BATCH)) {
            for (SqlScript.Statement statement :
                    SqlScript.parse(sql, Dialect.FLINK).statements()) {
                String text = statement.bind(Map.of()).sql();
                Matcher set = SET.matcher(text.strip());
                if (set.matches() && !set.group("key").startsWith(MEANS)) {
                    continue;
                }
                work.goOn();
                // The setting is given again each time: a text may RESET all.
                session.set(Cut.SETTING, moment.cut());
                boolean writes = session.prepare(text).kind().changesData();
                try (Answer answer =
                        writes ? session.executeInto(text, twins, Lane.BATCH) : session.execute(text, Lane.BATCH)) {
                    work.cancelling(answer::cancel);
                    answer.affectedRows();
                } catch (WarehouseException e) {
                    throw work.ended().orElse(e);
                } finally {
                    work.cancelling(() -> {});
                }
            }
        }
    }

    private static String database(String id) {
        return DATABASE + id.replace("-", "");
    }

    private void drop(String database) {
        try (Session session = warehouse.gate().open(Caller.internal("checks"), Gate.Mode.BATCH)) {
            session.execute("DROP DATABASE IF EXISTS `" + database + "` CASCADE", Lane.BATCH)
                    .close();
        } catch (RuntimeException e) {
            LOG.warn("database={} is left behind, and dropped at the next start", database, e);
        }
    }

    /**
     * Drops what processes that died have left.
     *
     * @param running whether a comparison of this id runs
     */
    void sweep(Predicate<String> running) {
        for (String database : warehouse.metadata().databases()) {
            String digits = database.startsWith(DATABASE) ? database.substring(DATABASE.length()) : "";
            if (digits.matches("[0-9a-f]{32}") && !running.test(id(digits))) {
                LOG.info("database={} left by a process that died, dropped", database);
                drop(database);
            }
        }
    }

    private static String id(String digits) {
        return digits.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
    }
}

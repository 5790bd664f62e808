package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.flink.Expressions.Call;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The operators and functions that are computed natively, each with the arguments that it is admitted for. The page on the
 * native lane is made from this list, and a test compares a sample of each entry with Flink.
 *
 * <p>Some are written with a guard: where a value is met for which DuckDB would silently give another answer, DuckDB's
 * {@code error} function ends the query there, and Flink is asked.
 */
final class Functions {

    static final String GUARD = "error('flink')";

    private static final Map<String, List<Rule>> RULES = rules();

    private Functions() {}

    /** Writes a call whose arguments were found fit. */
    interface Writer {
        String sql(Call call) throws NotNative;
    }

    /** Says of a call why it is not admitted, or null when it is. */
    interface Condition {
        String refuse(Call call);
    }

    private record Rule(Admitted admitted, Condition condition, Writer writer) {}

    /** Where each kind of functions hands in what it admits; of two rules of one name the first that fits counts. */
    static final class Admissions {
        private final Map<String, List<Rule>> rules = new LinkedHashMap<>();

        private Admissions() {}

        void admit(String name, String arguments, Condition condition, Writer writer) {
            rules.computeIfAbsent(name, key -> new ArrayList<>())
                    .add(new Rule(new Admitted(name, arguments), condition, writer));
        }
    }

    private static Map<String, List<Rule>> rules() {
        Admissions to = new Admissions();
        Comparisons.admit(to);
        Logic.admit(to);
        Arithmetic.admit(to);
        Texts.admit(to);
        Times.admit(to);
        return to.rules;
    }

    static String sql(Call call) throws NotNative {
        return rule(call).writer().sql(call);
    }

    /** Under which entry of {@link #admitted()} a call is computed. */
    static Admitted admission(Call call) throws NotNative {
        return rule(call).admitted();
    }

    private static Rule rule(Call call) throws NotNative {
        String name = call.rex().getOperator().getName().toUpperCase(Locale.ROOT);
        if (!Operators.isBuiltIn(call.rex().getOperator())) {
            throw new NotNative(Reason.FUNCTION, name + ", which is none of Flink's own");
        }
        String refused = name;
        for (Rule rule : RULES.getOrDefault(name, List.of())) {
            String reason = rule.condition().refuse(call);
            if (reason == null) {
                return rule;
            }
            refused = name + " " + reason;
        }
        throw new NotNative(Reason.FUNCTION, refused);
    }

    static List<Admitted> admitted() {
        return RULES.values().stream().flatMap(List::stream).map(Rule::admitted).toList();
    }

    static String summary(Call call, int index) {
        return call.type(index) == null
                ? "a symbol"
                : call.type(index).copy(true).asSummaryString();
    }
}

package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.flink.Expressions.Call;
import dev.weirhouse.olap.flink.Functions.Admissions;
import dev.weirhouse.olap.flink.Functions.Condition;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.sql.fun.SqlTrimFunction;
import org.apache.calcite.util.NlsString;

/** Functions of texts. */
final class Texts {

    private Texts() {}

    static void admit(Admissions to) {
        Condition texts = call -> call.types().stream().allMatch(type -> type != null && NativeTypes.isText(type))
                ? null
                : "of these types";
        to.admit("||", "texts", texts, call -> Logic.joined(call, " || "));
        to.admit("CONCAT", "texts", texts, call -> Logic.joined(call, " || "));
        to.admit("CHAR_LENGTH", "a text", texts, call -> call.cast("length(" + call.argument(0) + ")"));
        for (String name : List.of("UPPER", "LOWER")) {
            to.admit(
                    name,
                    "a text; beyond ASCII Flink is asked",
                    texts,
                    call -> "CASE WHEN strlen(" + call.argument(0)
                            + ") <> length(" + call.argument(0) + ") THEN " + Functions.GUARD + " ELSE "
                            + name.toLowerCase(Locale.ROOT)
                            + "(" + call.argument(0) + ") END");
        }
        for (String name : List.of("SUBSTRING", "SUBSTR")) {
            to.admit(
                    name,
                    "a text, and numbers written out: a begin of 1 or more, a length of 0 or more",
                    call -> {
                        Integer begin = call.literal(1, Integer.class);
                        Integer length = call.size() == 3 ? call.literal(2, Integer.class) : Integer.valueOf(0);
                        return NativeTypes.isText(call.type(0))
                                        && begin != null
                                        && begin >= 1
                                        && length != null
                                        && length >= 0
                                ? null
                                : "with a begin or length that is computed, zero or negative";
                    },
                    call -> "substring(" + call.argument(0) + ", " + call.literal(1, Integer.class)
                            + (call.size() == 3 ? ", " + call.literal(2, Integer.class) : "") + ")");
        }
        to.admit("TRIM", "a text, and spaces", Texts::refuseTrim, call -> {
            SqlTrimFunction.Flag side =
                    ((RexLiteral) call.rex().getOperands().get(0)).getValueAs(SqlTrimFunction.Flag.class);
            String function =
                    switch (side) {
                        case BOTH -> "trim";
                        case LEADING -> "ltrim";
                        case TRAILING -> "rtrim";
                    };
            return function + "(" + call.argument(2) + ", ' ')";
        });
        to.admit(
                "LIKE",
                "a text, and a pattern written out without '_' and '\\'",
                Texts::refuseLike,
                call -> "(" + call.argument(0) + " LIKE " + call.argument(1) + ")");
        to.admit(
                "POSITION",
                "two texts",
                texts,
                call -> call.cast("position(" + call.argument(0) + " IN " + call.argument(1) + ")"));
        to.admit(
                "REVERSE",
                "a text of ASCII; beyond it Flink is asked",
                texts,
                call -> "CASE WHEN strlen(" + call.argument(0) + ") <> length(" + call.argument(0) + ") THEN "
                        + Functions.GUARD + " ELSE reverse(" + call.argument(0) + ") END");
    }

    private static String refuseTrim(Call call) {
        return " ".equals(text(call, 1)) && NativeTypes.isText(call.type(2)) ? null : "of other characters than spaces";
    }

    private static String text(Call call, int index) {
        NlsString value = call.literal(index, NlsString.class);
        return value == null ? null : value.getValue();
    }

    private static String refuseLike(Call call) {
        String pattern = text(call, 1);
        if (pattern == null || call.size() > 2) {
            return "with a pattern that is computed or escaped";
        }
        if (pattern.isEmpty()) {
            // Flink 1.20 takes every text for a match.
            return "with an empty pattern";
        }
        return pattern.indexOf('_') >= 0 || pattern.indexOf('\\') >= 0 ? "with '_' or '\\' in its pattern" : null;
    }
}

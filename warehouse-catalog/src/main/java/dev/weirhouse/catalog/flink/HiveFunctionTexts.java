package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.util.regex.Pattern;
import org.antlr.runtime.tree.Tree;
import org.apache.flink.table.planner.delegation.hive.copy.HiveASTParseException;
import org.apache.flink.table.planner.delegation.hive.copy.HiveASTParseUtils;
import org.apache.flink.table.planner.delegation.hive.copy.HiveParserASTNode;
import org.apache.flink.table.planner.delegation.hive.copy.HiveParserBaseSemanticAnalyzer;
import org.apache.flink.table.planner.delegation.hive.copy.HiveParserContext;
import org.apache.flink.table.planner.delegation.hive.parse.HiveASTParser;
import org.apache.hadoop.hive.conf.HiveConf;

/**
 * Statements of Hive's dialect that make functions, looked at before Flink's Hive parser is: it loads the class of a
 * temporary function, and its jar, while it parses.
 */
final class HiveFunctionTexts {

    /** A text without these words makes no function; one with them is read as Hive reads it. */
    private static final Pattern MENTIONS = Pattern.compile("(?is).*\\bcreate\\b.*\\b(function|macro)\\b.*");

    private HiveFunctionTexts() {}

    /**
     * @throws WarehouseException STATEMENT_NOT_ALLOWED for a class or jar that SQL may not name, NOT_SUPPORTED for a macro
     */
    static void check(String sql, ConnectorBounds bounds, HiveConf conf) {
        if (!MENTIONS.matcher(sql).matches()) {
            return;
        }
        try {
            check(HiveASTParseUtils.parse(sql.strip().replaceFirst(";$", ""), new HiveParserContext(conf)), bounds);
        } catch (HiveASTParseException e) {
            // The parser proper refuses the text too, and says where.
            return;
        }
    }

    private static void check(Tree node, ConnectorBounds bounds) {
        if (node.getType() == HiveASTParser.TOK_CREATEMACRO) {
            throw new WarehouseException(
                    CatalogError.NOT_SUPPORTED,
                    "Macros are not supported. Write the expression out, or make a view or a function.");
        }
        if (node.getType() == HiveASTParser.TOK_CREATEFUNCTION) {
            bounds.checkFunctionClass(HiveParserBaseSemanticAnalyzer.unescapeSQLString(
                    node.getChild(1).getText()));
            if (((HiveParserASTNode) node).getFirstChildWithType(HiveASTParser.TOK_RESOURCE_LIST) != null) {
                throw ConnectorBounds.jarNotAllowed();
            }
        }
        for (int i = 0; i < node.getChildCount(); i++) {
            check(node.getChild(i), bounds);
        }
    }
}

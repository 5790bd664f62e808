package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Version;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import dev.weirhouse.catalog.paimon.VersionedCatalog;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;

/**
 * Puts the version that a name stands for into a CALL: Paimon's actions open tables by themselves, past
 * {@link VersionedCatalog}.
 *
 * <p>Every open procedure has one argument of that kind, called {@code table}, the first when arguments have no names. It is
 * one table, written out: what is computed is known only when the procedure runs, and a procedure that finds its tables by
 * a pattern finds them under their physical names.
 */
final class ProcedureCalls {

    private static final String TABLE = "table";

    private final Admission admission;
    private final VersionedCatalog versions;

    ProcedureCalls(Admission admission, VersionedCatalog versions) {
        this.admission = admission;
        this.versions = versions;
    }

    /**
     * Resolves a statement's table, if the statement is a CALL.
     *
     * @throws WarehouseException STATEMENT_NOT_ALLOWED when the procedure is not open, or its table is not one written out
     */
    SqlNode resolve(SqlNode statement) {
        if (statement.getKind() != SqlKind.PROCEDURE_CALL) {
            return statement;
        }
        SqlCall call = ((SqlCall) statement).operand(0);
        admission.admitProcedure(call);
        for (int i = 0; i < call.operandCount(); i++) {
            SqlNode operand = call.operand(i);
            if (operand.getKind() == SqlKind.ARGUMENT_ASSIGNMENT) {
                SqlCall assignment = (SqlCall) operand;
                if (TABLE.equalsIgnoreCase(((SqlIdentifier) assignment.operand(1)).getSimple())) {
                    assignment.setOperand(0, resolved(assignment.operand(0)));
                    return statement;
                }
            } else if (i == 0) {
                call.setOperand(0, resolved(operand));
                return statement;
            }
        }
        throw notOneTable("A procedure is called with its table, as CALL sys.name(`table` => 'database.table', …).");
    }

    private SqlNode resolved(SqlNode argument) {
        if (!(argument instanceof SqlCharStringLiteral literal)) {
            throw notOneTable("A procedure's table is written out, as 'database.table': "
                    + argument.toString().lines().findFirst().orElse("") + " is not.");
        }
        String text = literal.getValueAs(String.class);
        String[] parts = text.split("\\.", -1);
        if (parts.length != 2 || parts[0].isBlank() || parts[1].isBlank() || text.matches(".*[*,|].*")) {
            throw notOneTable("A procedure works on one table, 'database.table', and '" + text
                    + "' is not the name of one. Call it for each table.");
        }
        TableName name = new TableName(parts[0], parts[1]);
        if (name.database().equals(WarehouseCatalog.SYSTEM_DATABASE)) {
            throw new WarehouseException(
                    CatalogError.STATEMENT_NOT_ALLOWED,
                    "The database '" + name.database() + "' holds the warehouse's own tables: it can be read only.");
        }
        Version version = versions.version(name);
        return version.equals(Version.itself(name))
                ? literal
                : SqlLiteral.createCharString(version.toString(), literal.getParserPosition());
    }

    private static WarehouseException notOneTable(String detail) {
        return new WarehouseException(CatalogError.STATEMENT_NOT_ALLOWED, detail);
    }
}

package dev.weirhouse.server.demo;

import java.sql.SQLException;

/** One step of the demo. */
interface Step {

    String title();

    /** Shows something of the warehouse and checks it; a check that fails is told, and does not end the step. */
    void run(Scene scene) throws SQLException;
}

package dev.weirhouse.server.demo;

import dev.weirhouse.server.demo.Scene.Earlier;
import java.sql.SQLException;

final class TravelInTime implements Step {

    @Override
    public String title() {
        return "Time travel: an earlier answer again";
    }

    @Override
    public void run(Scene scene) throws SQLException {
        Story story = scene.story();
        Earlier earlier = scene.earlier();
        story.say("The worst routes as step 3 saw them, before the kill, at snapshot %d:", earlier.snapshot());
        Answer then = scene.ask(DemoSql.at(DemoSql.WORST_ROUTES, DemoSql.ENRICHED_TABLE, earlier.snapshot()));
        story.checkOrder("the answer of step 3, to the row", earlier.answer().rows(), then.rows());
        story.say("And now, with all flights there:");
        Answer now = scene.query(DemoSql.WORST_ROUTES);
        story.table(now);
        story.checkOrder(
                "reckoned from the CSV", scene.reckoning(scene.allFlights()).worstRoutes(), now.rows());
    }
}

"""Metrics of the namespace `IdListImages`: those that the dashboard and the alarms show, and those in the logs of the functions.

A metric is a triple: name, dimension and value of the dimension; `None` for a metric without a dimension, and for any value of it.
"""

import json
import re

NAMESPACE = "IdListImages"


def widgets(template):
    """The widgets of the dashboard."""
    (dashboard,) = template.of_type("AWS::CloudWatch::Dashboard").values()
    return json.loads(dashboard["DashboardBody"])["widgets"]


def shown(template):
    """The metrics that the dashboard and the alarms of a template look at."""
    found = set()
    for widget in widgets(template):
        for metric in widget["properties"].get("metrics", []):
            if metric[0] == NAMESPACE:
                words = [word for word in metric[1:] if isinstance(word, str)]
                found.add((*words, None, None)[:3])
            elif isinstance(metric[0], dict):
                search = re.search(r"SEARCH\('\{IdListImages,(\w+)\} MetricName=\"(\w+)\"'", metric[0]["expression"])
                found |= {(search[2], search[1], None)} if search else set()
    for alarm in template.of_type("AWS::CloudWatch::Alarm").values():
        if alarm.get("Namespace") == NAMESPACE:
            (dimension,) = alarm.get("Dimensions") or [{"Name": None, "Value": None}]
            found.add((alarm["MetricName"], dimension["Name"], dimension["Value"]))
    return found


def queries(widget):
    """What GetMetricData is asked for the graphs of a dashboard's widget. Sums of graphs are left out."""
    properties = widget["properties"]
    for number, metric in enumerate(properties.get("metrics", [])):
        options = metric[-1] if isinstance(metric[-1], dict) else {}
        words = [word for word in metric if isinstance(word, str)]
        if words:
            dimensions = [{"Name": name, "Value": value} for name, value in zip(words[2::2], words[3::2])]
            about = {"Namespace": words[0], "MetricName": words[1], "Dimensions": dimensions}
            yield {"Id": f"m{number}", "MetricStat": {"Metric": about, "Period": 60, "Stat": options.get("stat") or properties["stat"]}}
        elif "SEARCH" in options["expression"]:
            yield {"Id": f"m{number}", "Expression": options["expression"]}


def emitted(log):
    """The metrics in a function's log, in the embedded metric format.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    found = set()
    for line in log.splitlines():
        if '"CloudWatchMetrics"' not in line:
            continue
        entry = json.loads(line[line.index("{") :])
        for directive in entry["_aws"]["CloudWatchMetrics"]:
            if directive["Namespace"] == NAMESPACE:
                for metric in directive["Metrics"]:
                    for dimensions in directive["Dimensions"] or [[]]:
                        (dimension,) = dimensions or [None]
                        found.add((metric["Name"], dimension, None))
                        found.add((metric["Name"], dimension, entry.get(dimension)))
    return found

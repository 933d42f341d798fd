"""The description of the demo as two validators and a generated client read it."""

import json
import shutil
import subprocess
import tempfile
import unittest
import urllib.request
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

from server import demo, site

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
VALIDATE = """
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
const validator = new Validator();
const result = await validator.validate(JSON.parse(readFileSync(process.argv[1], "utf8")));
console.log(JSON.stringify({ ...result, version: validator.version }));
"""


def run(*command, **more):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, **more)


class Description(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.base = cls.enterClassContext(site(demo(cls.folder / "demo")))
        with urllib.request.urlopen(cls.base + "/openapi.json") as answer:
            cls.description = json.load(answer)

    def test_one_validator_finds_nothing(self):
        self.assertEqual([str(error) for error in OpenAPIV31SpecValidator(self.description).iter_errors()], [])

    def test_another_validator_finds_nothing(self):
        file = self.folder / "openapi.json"
        file.write_text(json.dumps(self.description))
        done = run("node", "--input-type=module", "--eval", VALIDATE, file, cwd=HERE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout), {"valid": True, "version": "3.1"})

    def compiled(self, name, description):
        """The compiler's output for the client with types of this description, and its program."""
        folder = self.folder / name
        folder.mkdir()
        for file in ("client.ts", "tsconfig.json", "package.json"):
            shutil.copy(HERE / file, folder)
        (folder / "node_modules").symlink_to(MODULES)
        (folder / "description.json").write_text(json.dumps(description))
        types = run(MODULES / ".bin/openapi-typescript", "description.json", "-o", "description.d.ts", cwd=folder)
        self.assertEqual(types.returncode, 0, types.stderr)
        return run(MODULES / ".bin/tsc", "-p", ".", cwd=folder).stdout, folder / "client.js"

    def test_a_client_is_generated_compiles_and_runs(self):
        said, program = self.compiled("client", self.description)
        self.assertEqual(said, "")
        done = run("node", program, self.base)
        self.assertEqual((done.returncode, done.stdout), (0, "ok\n"), done.stderr)

    def test_a_client_of_a_column_that_is_gone_does_not_compile(self):
        description = json.loads(json.dumps(self.description))
        del description["components"]["schemas"]["Bank.Account"]["properties"]["BigNumber"]
        said, _ = self.compiled("without", description)
        self.assertIn("Property 'BigNumber' does not exist", said)


if __name__ == "__main__":
    unittest.main()

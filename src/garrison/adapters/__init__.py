"""What stands in front of web applications: each adapter turns what its server hands over into a request, and the decision into an answer.

    app.wsgi_app = garrison.adapters.wsgi.Firewall(app.wsgi_app, web_acl="shop")       # Flask
    application = garrison.adapters.wsgi.Firewall(get_wsgi_application(), web_acl="shop")  # Django
    app.add_middleware(garrison.adapters.asgi.Firewall, web_acl="shop")                # FastAPI

`options.Options` has the settings that all adapters share.
"""
